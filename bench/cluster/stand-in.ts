/**
 * Stands in for the trainers in pods that KWOK plays: as soon as a pod runs, it writes the report that the pod was started for, by the trial protocol.
 * Told to hold, it lets pods run without a report until it is told to release them. Tells its parent how many run, and how many have reported.
 */
import { connectCluster } from '../../k8s/client/cluster.ts';
import { gate } from '../../k8s/client/gate.ts';
import { reflect } from '../../k8s/client/reflector.ts';
import { pods } from '../../k8s/client/resource.ts';
import { connectObjectStore } from '../../results/object-store.ts';
import { openTrialFolder } from '../../results/trial-folder.ts';
import { labelNames, ownLabel } from '../../runners/kubernetes/names.ts';

export type ToStandIn = 'hold' | 'release';
export interface FromStandIn {
  /** Pods that run and have no report. */
  readonly held: number;
  /** Reports so far. */
  readonly reports: number;
}

const [context = '', namespace = ''] = process.argv.slice(2);
const { KUBECONFIG = '' } = process.env;

const store = connectObjectStore();
const writes = gate(32);
const seen = new Set<string>();
const held = new Map<string, () => void>();
let isHolding = false;
let reports = 0;

const cluster = connectCluster({ cluster: { kind: 'context', context, files: [KUBECONFIG] }, namespace, patienceSeconds: 60 });
const view = reflect({
  cluster,
  resource: pods,
  labelSelector: ownLabel,
  onChange({ metadata, spec, status }, change) {
    if (change === 'gone') {
      seen.delete(metadata.uid);
      return;
    }
    if (status?.phase !== 'Running' || seen.has(metadata.uid)) return;
    seen.add(metadata.uid);
    const address = spec?.containers[0]?.env?.find(({ name }) => name === 'PERMAFROST_TRIAL')?.value;
    if (address === undefined) throw new Error(`pod ${metadata.name} has no PERMAFROST_TRIAL`);
    const report = () => void writes(() => writeReport(address, Number(metadata.labels?.[labelNames.rung])));
    if (isHolding) held.set(metadata.uid, report);
    else report();
  },
});

async function writeReport(address: string, rung: number): Promise<void> {
  const folder = openTrialFolder(store, address);
  const { trial, rungs, assignment } = await folder.readTrial();
  const loss = Math.log(Number(assignment.learningRate)) ** 2;
  const step = rungs[rung]!;
  const cost = { seconds: 0, gpuSeconds: 0 };
  await folder.createReport({
    schema: 1,
    trial,
    rung,
    step,
    metrics: { 'eval/loss': loss },
    diverged: false,
    cost,
    attempt: 1,
    versions: {},
  });
  reports += 1;
}

process.on('message', (told: ToStandIn) => {
  isHolding = told === 'hold';
  if (isHolding) return;
  for (const report of held.values()) report();
  held.clear();
});
const tell = setInterval(() => process.send?.({ held: held.size, reports } satisfies FromStandIn), 500);
process.once('SIGTERM', () => {
  clearInterval(tell);
  void view.close().then(() => process.exit());
});
await view.ready;
process.stdout.write('Ready\n');
