import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseAddress } from '../results/address.ts';
import { openStudyFolder } from '../results/study-folder.ts';
import { openSweepFolder } from '../results/sweep-folder.ts';
import type { SweepEvent } from '../study/log.ts';
import { aSweep } from '../study/testing/builders.ts';
import { reported, suggested } from '../study/testing/logs.ts';
import { startTestServer } from '../test/object-server.ts';
import { sweepActivities } from './sweep.ts';

const s3 = await startTestServer();
after(() => s3.close());

const noClient = { workflow: { getHandle: () => assert.fail('nobody is looked for here') } } as unknown as Parameters<
  typeof sweepActivities
>[0]['client'];
const activities = sweepActivities({
  openSweep: ({ folder }) => openSweepFolder(s3.store, folder),
  openStudy: (study) => openStudyFolder(s3.store, study),
  client: noClient,
});

test('checkpoints that nobody needs go when the next trial is suggested, and all of them when the sweep ends', async () => {
  const ref = { id: 'default.small.00000001', folder: `s3://${s3.bucket}/sweeps/default.small.00000001` };
  const folder = openSweepFolder(s3.store, ref.folder);
  const sweep = aSweep({
    numTrials: 9,
    pruneAlgorithm: { name: 'asha', minResource: 50, maxResource: 450 },
    results: { uri: `s3://${s3.bucket}/sweeps` },
  });
  await folder.create({ schema: 1, id: ref.id, createdAt: '2026-11-22T00:00:00Z', sweep, model: { layers: 6 }, versions: {} });
  const local = join(s3.folder, 'checkpoint');
  mkdirSync(local);
  writeFileSync(join(local, 'state.json'), '{}');
  const trials = [0, 1, 2, 3, 4];
  for (const trial of trials) await folder.trial(trial).saveCheckpoint(50, local);
  const withCheckpoint = async (): Promise<readonly number[]> => {
    const keys = await Array.fromAsync(s3.store.list(parseAddress(ref.folder)), ({ address }) => address.key);
    return keys.flatMap((key) => /trials\/(\d+)\/checkpoint\/50\/state\.json$/.exec(key)?.slice(1).map(Number) ?? []);
  };

  const assignment = { 'layers.frozenPrefix': 1, 'layers.learningRate': 1e-4, 'layers.decay': 1, headLearningRate: 1e-3 };
  const events = trials.flatMap((trial): readonly SweepEvent[] => [
    suggested(trial, assignment),
    reported(trial, 1 - trial / 10),
    { type: 'decided', at: trial, trial, rung: 0, decision: { action: 'pause', reason: { code: 'rungTooSmall', of: 1, needed: 3 } } },
  ]);
  const request = { sweep: ref, segment: 0, events, trial: 5, seed: 5 };
  await activities.suggest({ ...request, numTrials: 15 });
  assert.deepEqual(await withCheckpoint(), trials, 'of fifteen trials five go on');
  await activities.suggest({ ...request, numTrials: 9 });
  assert.deepEqual(await withCheckpoint(), [0, 1, 2], 'of nine three');
  await activities.finish({ sweep: ref, segment: 1, events: [], outcome: { result: 'cancelled' } });
  assert.deepEqual(await withCheckpoint(), []);
});
