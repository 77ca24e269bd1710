/**
 * What orchestration costs: 60 trials of a trainer that does nothing, two at a time, a fresh process each, on the servers and the
 * worker of `permafrost up`; and how long a report waits for its decision. The peer is Ray Tune, run beside it when python3 (or
 * PERMAFROST_BENCH_PYTHON) has Ray, else the figure recorded on two cores.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { connectSystem } from '../cli/connection.ts';
import { slotsOf, startLocalSystem } from '../cli/local-system.ts';
import { submit } from '../cli/submit.ts';
import { openSweepFolder } from '../results/sweep-folder.ts';
import type { SweepLog } from '../study/log.ts';
import { parseSweep } from '../study/spec.ts';
import { below, publish } from './gates.ts';

const trials = 60;
const recordedPeer = 1.65;
const python = process.env.PERMAFROST_BENCH_PYTHON ?? 'python3';

const sweep = parseSweep({
  apiVersion: 'permafrost.dev/v1alpha1',
  kind: 'Sweep',
  metadata: { name: 'orchestration' },
  spec: {
    objectives: [{ metric: 'loss', direction: 'minimize' }],
    parameters: [{ name: 'x', searchSpace: { uniform: { min: 0, max: 1 } } }],
    searchAlgorithm: { name: 'random' },
    pruneAlgorithm: { name: 'none', maxResource: 1 },
    numTrials: trials,
    parallelTrials: 2,
    finalSeeds: 0,
    trialTemplate: { command: ['python3', path.join(import.meta.dirname, 'nothing.py')], lingerSeconds: 0 },
    results: { uri: 's3://sweeps/bench' },
  },
});

const folder = mkdtempSync(path.join(os.tmpdir(), 'permafrost-bench-'));
process.env.XDG_STATE_HOME = folder;
try {
  const { log, secondsPerTrial } = await measure();
  const ray = rayTune();
  const peer = ray ?? recordedPeer;
  const latencies = decisionLatencies(log).toSorted((a, b) => a - b);
  publish(
    'orchestration',
    [
      below('overhead per trial, s (peer: Ray Tune)', secondsPerTrial, peer, peer),
      below('report to decision, median, s', quantile(latencies, 0.5), 1),
      below('report to decision, 95th percentile, s', quantile(latencies, 0.95), 2),
    ],
    { trials, parallelTrials: 2, peerMeasured: ray !== undefined, latencies },
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<{ readonly log: SweepLog; readonly secondsPerTrial: number }> {
  const system = await startLocalSystem({
    temporalPort: 0,
    uiPort: 0,
    s3Port: 0,
    listenAddress: '127.0.0.1',
    runner: { kind: 'local', slots: slotsOf({ slots: 2, gpus: [] }) },
  });
  try {
    const servers = await connectSystem();
    const began = performance.now();
    const submitted = await submit(sweep, servers);
    await servers.client.workflow.getHandle(submitted.id).result();
    const secondsPerTrial = (performance.now() - began) / 1000 / trials;
    const log = await openSweepFolder(servers.store, submitted.folder).readLog();
    await servers.close();
    return { log, secondsPerTrial };
  } finally {
    await system.stop();
  }
}

/** Seconds per trial, or nothing where there is no Ray. */
function rayTune(): number | undefined {
  if (spawnSync(python, ['-c', 'import ray.tune']).status !== 0) return undefined;
  const { status, stdout, stderr } = spawnSync(python, [path.join(import.meta.dirname, 'ray_tune.py'), String(trials)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`Ray Tune ended with ${status}: ${stderr}`);
  return Number(stdout.trim().split('\n').at(-1));
}

/** From the moment before the trainer sends its report to the decision, by the one clock of this machine. */
function decisionLatencies(log: SweepLog): readonly number[] {
  const reportedAt = new Map(
    log.flatMap((event) => (event.type === 'reported' ? [[event.trial, event.metrics.reportedAt!] as const] : [])),
  );
  return log.flatMap((event) => (event.type === 'decided' ? [event.at / 1000 - reportedAt.get(event.trial)!] : []));
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}
