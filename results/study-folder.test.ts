import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestServer } from '../test/object-server.ts';
import { openStudyFolder } from './study-folder.ts';

const s3 = await startTestServer();
after(() => s3.close());

const open = (study: string) => openStudyFolder(s3.store, { uri: `s3://${s3.bucket}/sweeps/`, namespace: 'research', study });
const ended = (day: number) => ({
  id: `research.sections-${day}.1f3a9c2e`,
  folder: `s3://${s3.bucket}/sweeps/research.sections-${day}.1f3a9c2e`,
  finishedAt: `2026-11-${day}T04:00:00.000Z`,
});

test('the last sweeps of a study, oldest first, whatever the order in which they came in; another study has none of them', async () => {
  const study = open('sections / v2');
  for (const day of [21, 19, 20, 20]) await study.enter(ended(day));
  const last = await study.last(2);
  assert.deepEqual(
    last,
    [20, 21].map((day) => ended(day)),
  );
  assert.equal((await study.last(10)).length, 3);
  assert.deepEqual(await study.last(0), []);
  assert.deepEqual(await open('sections').last(10), []);
});
