import path from 'node:path';
import { openTrialFolder } from '../../results/trial-folder.ts';
import { exitCode, type LayerSetting } from '../../study/trial.ts';
import { startTestServer, type TestServer } from '../../test/object-server.ts';
import { startTrainer } from '../../test/trainer-program.ts';
import { readEncoderConfig } from '../../trainer/encoder/config.ts';
import { layerNames } from '../../trainer/encoder/parameters.ts';
import { atMost } from '../gates.ts';
import type { Part, Setting } from './part.ts';

/** What a pod has, unless its template says otherwise. */
const graceSeconds = 30;

/** From SIGTERM in the middle of training to the end of the trainer, by when the checkpoint must be in S3. All layers learn: no checkpoint is larger. */
export const preemptionPart: Part = async (setting) => {
  const server = await startTestServer();
  try {
    const rounds: { readonly seconds: number; readonly megabytes: number }[] = [];
    for (let trial = 0; trial < (setting.quick ? 2 : 5); trial += 1) rounds.push(await preempted(trial, server, setting));
    const longest = Math.max(...rounds.map(({ seconds }) => seconds));
    return { gates: [atMost('SIGTERM to the end, the checkpoint stored: longest, s', longest, graceSeconds)], details: { rounds } };
  } finally {
    await server.close();
  }
};

async function preempted(trial: number, server: TestServer, { model, data, threads, scratch }: Setting) {
  const key = `bench/trials/${trial}`;
  const folder = openTrialFolder(server.store, `s3://${server.bucket}/${key}`);
  const steps = 100_000;
  await folder.createTrial({
    schema: 1,
    sweep: 'bench',
    trial,
    purpose: 'search',
    seed: trial,
    rungs: [steps],
    horizon: steps,
    lingerSeconds: 0,
    objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }],
    assignment: {},
    layers: layerNames(readEncoderConfig(model)).map((name): LayerSetting => ({ name, mode: 'full', learningRate: 1e-5 })),
    trainer: { model, data, batchSize: 16, maxLength: 64, device: 'cpu' },
  });
  const environment = { XDG_CACHE_HOME: path.join(scratch, 'cache'), TF_NUM_INTRAOP_THREADS: String(threads) };
  const program = startTrainer(folder.address, { ...server.environment, ...environment });
  await program.line(/^step \d/); // it has just told of a step, so the next one has begun
  const began = performance.now();
  program.process.kill('SIGTERM');
  const { code, errors } = await program.ended();
  const seconds = (performance.now() - began) / 1000;
  if (code !== exitCode.preempted) throw new Error(`the trainer ended with ${code} instead of ${exitCode.preempted}: ${errors}`);
  const stored = await Array.fromAsync(server.store.list({ bucket: server.bucket, key: `${key}/checkpoint` }), ({ size }) => size);
  return { seconds, megabytes: stored.reduce((sum, size) => sum + size, 0) / 1e6 };
}
