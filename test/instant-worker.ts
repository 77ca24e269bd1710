/** A worker whose trials report at once, without a process: for what surrounds trials. Tells its parent when it is ready. */
import { createWorker, quietRuntime } from '../cli/worker.ts';
import { connectObjectStore } from '../results/object-store.ts';
import { openSweepFolder } from '../results/sweep-folder.ts';
import type { TrialRunner } from '../runners/runner.ts';

const { TEMPORAL_ADDRESS: address } = process.env;
if (address === undefined) throw new Error('TEMPORAL_ADDRESS must be set');

const store = connectObjectStore();
const runner: TrialRunner = {
  async attach({ ref, rung }) {
    const folder = openSweepFolder(store, ref.sweep.folder).trial(ref.trial);
    const { rungs, objectives, seed } = await folder.readTrial();
    const metrics = Object.fromEntries(objectives.map(({ metric }) => [metric, (seed % 997) / 997]));
    await folder.createReport({
      schema: 1,
      trial: ref.trial,
      rung,
      step: rungs[rung]!, // ! is safe: it is asked for rungs of the trial
      metrics,
      diverged: false,
      cost: { seconds: 1, gpuSeconds: 1 },
      attempt: 1,
      versions: {},
    });
    return { kind: 'exited', code: 0, logTail: '' };
  },
  remove: async () => {},
};
quietRuntime();
const worker = await createWorker({ temporal: { address, namespace: 'default' }, store, runner, maxTrials: 100 });
process.once('SIGTERM', () => worker.shutdown());
process.once('disconnect', () => process.exit()); // its parent is gone
const running = worker.run();
process.send?.('ready');
await running;
process.exit();
