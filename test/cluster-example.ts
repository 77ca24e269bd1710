/** The example sweep as a person runs it on a cluster, `permafrost run --runner kubernetes -f`, while the pods of its trials are watched. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import type { Cluster } from '../tools/cluster/cluster.ts';

const root = path.join(import.meta.dirname, '..');

interface ExampleRun {
  readonly cluster: Pick<Cluster, 'kubeconfig' | 'hostAddress' | 'kubectl'>;
  readonly namespace: string;
  /** Of the trainer; the cluster has it. */
  readonly image: string;
  /** What is changed in its spec. Each pod asks for a GPU, and six trials may run at a time. */
  readonly change: Readonly<Record<string, unknown>>;
  /** The same in `trialTemplate.trainer`. */
  readonly trainer?: Readonly<Record<string, unknown>>;
}

interface WatchedRun {
  readonly exitCode: number | null;
  readonly minutes: number;
  /** Pods at the same time, at most. */
  readonly mostRunning: number;
  readonly mostPending: number;
  /** Pods that are still there a minute after the end. */
  readonly left: number;
}

export async function runExample({ cluster, namespace, image, ...changes }: ExampleRun): Promise<WatchedRun> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'permafrost-example-'));
  const file = path.join(folder, 'sweep.yaml');
  writeFileSync(file, exampleWith(changes));
  const context = (await cluster.kubectl('config', 'current-context')).trim();
  const args = ['run', '-f', file, '--runner', 'kubernetes', '--context', context, '--namespace', namespace, '--image', image];
  const servers = ['--listen-address', cluster.hostAddress, '--temporal-port', '0', '--ui-port', '0', '--s3-port', '0'];
  const podPhases = async (): Promise<readonly string[]> => {
    const phases = await cluster.kubectl(
      '-n',
      namespace,
      'get',
      'pods',
      '-l',
      'permafrost.dev/sweep',
      '-o',
      'jsonpath={.items[*].status.phase}',
    );
    return phases.split(' ').filter((phase) => phase !== '');
  };
  const began = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'cli/main.ts'), ...args, ...servers], {
    env: { ...environment(), XDG_STATE_HOME: folder, KUBECONFIG: cluster.kubeconfig },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.once('exit', () => child.kill());
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  let [mostRunning, mostPending] = [0, 0];
  for (let code: number | null | undefined; code === undefined; ) {
    const phases = await podPhases();
    mostRunning = Math.max(mostRunning, phases.filter((phase) => phase === 'Running').length);
    mostPending = Math.max(mostPending, phases.filter((phase) => phase === 'Pending').length);
    code = await Promise.race([exit, sleep(500, undefined)]);
  }
  const minutes = (performance.now() - began) / 60_000;
  const deadline = Date.now() + 60_000; // the cluster clears away what has ended in its own time
  while (Date.now() < deadline && (await podPhases()).length > 0) await sleep(500);
  const left = (await podPhases()).length;
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  return { exitCode: child.exitCode, minutes, mostRunning, mostPending, left };
}

function exampleWith({ change, trainer }: Pick<ExampleRun, 'change' | 'trainer'>): string {
  const example = parse(readFileSync(path.join(root, 'examples/minilm-sections.yaml'), 'utf8'));
  const resources = { limits: { 'nvidia.com/gpu': 1 } };
  const trialTemplate = { ...example.spec.trialTemplate, trainer: { ...example.spec.trialTemplate.trainer, ...trainer }, resources };
  return stringify({ ...example, spec: { ...example.spec, parallelTrials: 6, trialTemplate, ...change } });
}

/** Without what names servers: the command starts its own. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|TEMPORAL)_/.test(name)));
