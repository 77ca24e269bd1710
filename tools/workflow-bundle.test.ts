import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { workflowBundle } from './workflow-bundle.ts';

test('the bundle of this source is made once and takes the place of older ones', async (t) => {
  const cache = mkdtempSync(path.join(tmpdir(), 'permafrost-bundle-'));
  t.after(() => rmSync(cache, { recursive: true }));
  const folder = path.join(cache, 'workflows');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'older.js'), '');
  const code = await workflowBundle(cache);
  const [file, ...others] = readdirSync(folder);
  assert.deepEqual(others, []);
  const { mtimeMs } = statSync(path.join(folder, file!));
  assert.equal(await workflowBundle(cache), code);
  assert.equal(statSync(path.join(folder, file!)).mtimeMs, mtimeMs);
  for (const workflow of ['night', 'sweep', 'trial']) assert.ok(code.includes(`workflows/${workflow}.ts`));
});
