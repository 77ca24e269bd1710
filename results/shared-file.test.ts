import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startTestServer } from '../test/object-server.ts';
import { formatAddress, parseAddress } from './address.ts';
import { fetchShared, shareFile } from './shared-file.ts';

const s3 = await startTestServer();
const folder = mkdtempSync(join(tmpdir(), 'permafrost-shared-'));
after(async () => {
  rmSync(folder, { recursive: true });
  await s3.close();
});
const cache = parseAddress(`s3://${s3.bucket}/cache`);
const local = join(folder, 'fetched');

function aFile(content: string): string {
  const file = join(folder, 'made');
  writeFileSync(file, content);
  return file;
}

test('what one shares, another gets', async () => {
  assert.equal(await fetchShared(s3.store, cache, 'rows', local), false);
  await shareFile(s3.store, cache, 'rows', aFile('values'));
  assert.equal(await fetchShared(s3.store, cache, 'rows', local), true);
  assert.equal(readFileSync(local, 'utf8'), 'values');
});

test('of several that share at a time the first counts, and every reader gets one of them whole', async () => {
  const files = ['one', 'two', 'three'].map((content) => {
    const file = join(folder, content);
    writeFileSync(file, content.repeat(1000));
    return file;
  });
  await Promise.all(files.map((file) => shareFile(s3.store, cache, 'race', file)));
  assert.equal(await fetchShared(s3.store, cache, 'race', local), true);
  assert.ok(files.some((file) => readFileSync(file, 'utf8') === readFileSync(local, 'utf8')));
  const objects = await Array.fromAsync(s3.store.list(parseAddress(`${formatAddress(cache)}/race`)));
  assert.equal(objects.length, 2, 'the pointer and the one that counts');
});

test('a damaged, missing or half-shared file is not taken', async () => {
  await shareFile(s3.store, cache, 'damaged', aFile('whole'));
  const at = parseAddress(`${formatAddress(cache)}/damaged`);
  for await (const { address } of s3.store.list(at)) if (!address.key.endsWith('.json')) await s3.store.put(address, 'hole');
  rmSync(local, { force: true });
  await assert.rejects(fetchShared(s3.store, cache, 'damaged', local), /content is damaged: sha256 is /);
  for await (const { address } of s3.store.list(at)) {
    if (!address.key.endsWith('.json')) await s3.store.removeAll({ ...address, key: address.key.replace(/\/file$/, '') });
  }
  await assert.rejects(fetchShared(s3.store, cache, 'damaged', local), /there is no such object/);
  await s3.store.put(parseAddress(`${formatAddress(at)}/file.json`), '{"schema": 1, "object": "../elsewhere"}');
  await assert.rejects(fetchShared(s3.store, cache, 'damaged', local), /file\.json: /);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('fetched')),
    [],
    'nothing is left behind',
  );
});
