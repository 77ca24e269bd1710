/** Whole sweeps on a real cluster whose node has four GPUs; each pod of a trial asks for one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SweepLog } from '../study/log.ts';
import type { Progress } from '../study/progress.ts';
import type { Summary } from '../study/summary.ts';
import { whyNoOwnCluster } from '../tools/cluster/test-cluster.ts';
import { progress } from '../workflows/sweep.ts';
import {
  type ClusterSystem,
  type KubernetesObject,
  pythonTrainer,
  shell,
  startClusterSystem,
  sweepLabel,
  trainersOf,
} from './cluster-system.ts';

const skip = whyNoOwnCluster();
let system: ClusterSystem;
before(async () => {
  if (skip !== false) return;
  system = await startClusterSystem();
  await system.startWorker();
});
after(() => system?.close());

const podsOf = (id: string): Promise<readonly KubernetesObject[]> => system.objects('pods', '--selector', sweepLabel(id));
const isRunning = ({ status }: KubernetesObject): boolean => status.phase === 'Running';
/** The youngest has most of its work before it, so that it is missed most. */
const youngestFirst = (a: KubernetesObject, b: KubernetesObject): number =>
  Date.parse(b.metadata.creationTimestamp) - Date.parse(a.metadata.creationTimestamp);
const handle = (id: string) => system.client.workflow.getHandle(id);

/** Decides by thresholds, so that what becomes of a trial does not hang on the order in which trials report. */
const sweep = {
  numTrials: 8,
  parallelTrials: 6,
  finalSeeds: 1,
  stepSeconds: 0.15,
  lingerSeconds: 10,
  pruneAlgorithm: { name: 'threshold', threshold: 0.5, minResource: 10, maxResource: 20, reductionFactor: 2 },
};

/** What came of each trial, whatever the order. */
function outcomes(log: SweepLog): readonly string[] {
  return log
    .flatMap((event) => {
      if (event.type === 'suggested') return [`${event.trial} ${JSON.stringify(event.assignment)}`];
      if (event.type === 'reported') return [`${event.trial} rung ${event.rung} loss ${event.metrics['eval/loss']}`];
      if (event.type === 'failed') return [`${event.trial} failed: ${event.failure.message}`];
      return event.type === 'decided' ? [`${event.trial} rung ${event.rung} ${event.decision.action}`] : [];
    })
    .toSorted();
}

const seconds = (log: SweepLog): number => log.reduce((sum, event) => sum + (event.type === 'reported' ? event.cost.seconds : 0), 0);

test('four GPUs run four trials; disturbed at every turn, a sweep comes to the same decisions, and its extra starts can be seen', {
  skip,
  timeout: 400_000,
}, async (t) => {
  const { signal } = t;
  const calm = await system.submit({ ...sweep, template: pythonTrainer() });
  const most = { running: 0, pending: 0 };
  const calmEnd = handle(calm.id).result() as Promise<Summary>;
  await during(calmEnd, async () => {
    const pods = await podsOf(calm.id);
    most.running = Math.max(most.running, pods.filter(isRunning).length);
    most.pending = Math.max(most.pending, pods.filter(({ status }) => status.phase === 'Pending').length);
    await sleep(300, undefined, { signal });
  });
  assert.equal(most.running, 4);
  assert.ok(most.pending >= 1, `${most.pending} pending`);

  const rough = await system.submit({ ...sweep, template: pythonTrainer() });
  const roughEnd = handle(rough.id).result() as Promise<Summary>;
  const ways = [
    (pod: string) => system.evict(pod),
    (pod: string) => system.kubectl('delete', 'pod', pod, '--wait=false'),
    async () => process.kill(trainersOf(rough.folder).at(-1)!, 'SIGKILL'),
  ];
  const turns = 8; // with two kills: a third crash, all of one trial, rightly fails it
  let turn = 0;
  await during(roughEnd, async () => {
    await sleep(1_800, undefined, { signal });
    const [pod] = (await podsOf(rough.id)).filter(isRunning).toSorted(youngestFirst);
    if (pod !== undefined && turn < turns) await ways[turn++ % ways.length]!(pod.metadata.name).catch(() => {}); // it may have ended by itself
  });
  const requests = readFileSync(system.cluster.own!.auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"userAgent":"permafrost"')).length;
  const trials = 2 * (sweep.numTrials + sweep.finalSeeds);
  assert.ok(requests <= 12 * trials, `${requests} requests to the API server for ${trials} trials`);
  const [calmLog, roughLog] = await Promise.all([calm.results.readLog(), rough.results.readLog()]);
  assert.ok(turn >= 6, `disturbed ${turn} times`); // each way twice; a fast machine may be through before the last
  assert.deepEqual(outcomes(roughLog), outcomes(calmLog));
  assert.deepEqual((await roughEnd).counts, (await calmEnd).counts);
  const [calmStarts, roughStarts] = [await starts(calm), await starts(rough)];
  assert.equal(calmStarts, sweep.numTrials + sweep.finalSeeds);
  assert.ok(roughStarts >= calmStarts + 3, `${roughStarts} starts`); // a pod may have been about to end by itself
  const cost = (log: SweepLog, starts: number) => `${starts} starts, ${seconds(log).toFixed(1)} s of training charged`;
  t.diagnostic(`undisturbed: ${cost(calmLog, calmStarts)}; disturbed: ${cost(roughLog, roughStarts)}`);
});

/** What a person sees in `permafrost logs`: one log per start of a trainer, also of those that are gone. */
async function starts({ results }: Awaited<ReturnType<ClusterSystem['submit']>>): Promise<number> {
  const trials = Array.from({ length: sweep.numTrials + sweep.finalSeeds }, (_, trial) => results.trial(trial).listLogs());
  return (await Promise.all(trials)).flat().length;
}

async function during(end: Promise<unknown>, look: () => Promise<void>): Promise<void> {
  let isOver = false;
  const over = end.finally(() => {
    isOver = true;
  });
  while (!isOver) await Promise.race([look(), over]);
}

test('Kueue admits, evicts and admits again: queued is neither a failure nor run time', { skip, timeout: 200_000 }, async ({ signal }) => {
  const template = { ...pythonTrainer(), queueName: 'research', resources: {} };
  const { id, results } = await system.submit({ ...sweep, numTrials: 1, parallelTrials: 1, finalSeeds: 0, maxFailedTrials: 0, template });
  const suspend = async (isSuspended: boolean): Promise<void> => {
    const job = await theJob(id, signal);
    await system.kubectl('patch', 'job', job.metadata.name, '--patch', JSON.stringify({ spec: { suspend: isSuspended } }));
  };
  const job = await theJob(id, signal);
  assert.equal(job.spec.suspend, true);
  assert.equal(job.metadata.labels?.['kueue.x-k8s.io/queue-name'], 'research');
  await sleep(4_000, undefined, { signal });
  assert.deepEqual(await podsOf(id), []);

  await suspend(false);
  while (!(await podsOf(id)).some(isRunning)) await sleep(200, undefined, { signal });
  await sleep(1_500, undefined, { signal });
  await suspend(true);
  while ((await podsOf(id)).length > 0) await sleep(200, undefined, { signal });
  await sleep(4_000, undefined, { signal });
  await suspend(false);

  const summary = (await handle(id).result()) as Summary;
  assert.deepEqual(summary.counts, { search: 1, failed: 0, reachedTop: 1, finals: 0 });
  const log = await results.readLog();
  const elapsed = (log.at(-1)!.at - log[0]!.at) / 1_000;
  assert.ok(seconds(log) < elapsed - 8, `${seconds(log)} s of ${elapsed} s are run time`);
});

async function theJob(id: string, signal: AbortSignal): Promise<KubernetesObject> {
  for (;;) {
    const [job] = await system.objects('jobs', '--selector', sweepLabel(id));
    if (job !== undefined) return job;
    await sleep(200, undefined, { signal });
  }
}

test('a cancelled sweep leaves no Job, no pod and no process', { skip, timeout: 200_000 }, async ({ signal }) => {
  const { id, folder } = await system.submit({ ...sweep, stepSeconds: 1, template: pythonTrainer() });
  while ((await handle(id).query<Progress, []>(progress)).running.length < 6 || (await podsOf(id)).filter(isRunning).length < 4) {
    await sleep(300, undefined, { signal });
  }
  await handle(id).cancel();
  await assert.rejects(handle(id).result());
  const left = async () => [...(await system.objects('jobs', '--selector', sweepLabel(id))), ...(await podsOf(id)), ...trainersOf(folder)];
  const deadline = Date.now() + 60_000; // the cluster clears away what has ended in its own time
  while (Date.now() < deadline && (await left()).length > 0) await sleep(300, undefined, { signal });
  assert.deepEqual(await left(), []);
});

test('a trial’s pod keeps to the restricted pod security standard', { skip, timeout: 100_000 }, async () => {
  await system.kubectl('label', 'namespace', system.cluster.namespace, 'pod-security.kubernetes.io/enforce=restricted');
  const { id, results } = await system.submit({
    ...sweep,
    numTrials: 1,
    maxFailedTrials: 0,
    template: shell('id -u; touch /tmp/x /cache/x && exit 64'),
  });
  await assert.rejects(handle(id).result());
  const failed = (await results.readLog()).find((event) => event.type === 'failed');
  assert.equal(failed?.failure.type, 'BadConfiguration', failed?.failure.message);
  assert.deepEqual(await results.trial(0).readLogs(), [{ attempt: 1, text: '10001\n' }]);
});
