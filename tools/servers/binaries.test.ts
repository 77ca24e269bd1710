import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after } from 'node:test';
import { findBinary, isCompatible } from './binaries.ts';
import { temporal, versitygw } from './catalogue.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'permafrost-binaries-'));
after(() => rmSync(folder, { recursive: true }));

/** A folder with a program of this name, which only knows how to print. */
function folderWith(name: string, prints: string, exitCode = 0): string {
  const own = mkdtempSync(path.join(folder, 'path-'));
  writeFileSync(path.join(own, name), `#!/bin/sh\necho '${prints}'\nexit ${exitCode}\n`);
  chmodSync(path.join(own, name), 0o755);
  return own;
}

function cacheWith(...names: readonly string[]): string {
  const cache = mkdtempSync(path.join(folder, 'cache-'));
  mkdirSync(path.join(cache, 'permafrost/bin'), { recursive: true });
  for (const name of names) writeFileSync(path.join(cache, 'permafrost/bin', name), '');
  return cache;
}

async function find(env: Readonly<Record<string, string>>, binary = temporal): Promise<{ path: string; from: string; said: string }> {
  const lines: string[] = [];
  const found = await findBinary(binary, { env, say: (line) => lines.push(line) });
  return { ...found, said: lines.join('\n') };
}

const current = folderWith('temporal', 'temporal version 1.9.1 (Server 1.32.0, UI 2.51.0)');

test('the explicit variable comes first', async () => {
  const PERMAFROST_TEMPORAL = path.join(folderWith('temporal', 'anything'), 'temporal');
  assert.deepEqual(await find({ PERMAFROST_TEMPORAL, PATH: current }), { path: PERMAFROST_TEMPORAL, from: 'variable', said: '' });
});

test('a wrong path in the variable is an error, whatever else there is', async () => {
  const search = find({ PERMAFROST_TEMPORAL: '/nowhere/temporal', PATH: current });
  await assert.rejects(search, {
    name: 'BinaryMissing',
    message: 'PERMAFROST_TEMPORAL=/nowhere/temporal: no such program; correct or unset the variable',
  });
});

test('then PATH, if the version fits', async () => {
  assert.deepEqual(await find({ PATH: `/nowhere:${current}`, XDG_CACHE_HOME: cacheWith('temporal-1.8.2') }), {
    path: path.join(current, 'temporal'),
    from: 'path',
    said: '',
  });
});

test('an old program on PATH is passed over aloud, and the cache is used', async () => {
  const old = folderWith('versitygw', 'Version  : v1.4.0');
  const cache = cacheWith('versitygw-1.8.0');
  assert.deepEqual(await find({ PATH: old, XDG_CACHE_HOME: cache }, versitygw), {
    path: path.join(cache, 'permafrost/bin/versitygw-1.8.0'),
    from: 'cache',
    said: `versitygw: ${old}/versitygw is version 1.4.0, not used: 1.8.0 or a later 1.x is needed`,
  });
});

test('without Go, and with an old one, the error names both ways out', async () => {
  const waysOut = 'Install Go 1.26.4 or later, or put temporal 1.8.2 on PATH or its path into PERMAFROST_TEMPORAL';
  await assert.rejects(find({ PATH: '', XDG_CACHE_HOME: cacheWith() }), {
    name: 'BinaryMissing',
    message: `temporal 1.8.2 is not there, and Go is not installed. ${waysOut}`,
  });
  const refusal = 'go: go.mod requires go >= 1.26.4 (running go 1.22.1; GOTOOLCHAIN=local)';
  const error = await find({ PATH: folderWith('go', refusal, 1), XDG_CACHE_HOME: cacheWith() }).catch((caught: Error) => caught);
  assert.ok(error instanceof Error && error.message.includes(refusal) && error.message.endsWith(waysOut), String(error));
});

const versions: readonly { version: string; fits: boolean }[] = [
  { version: '1.8.2', fits: true },
  { version: 'v1.8.10', fits: true },
  { version: '1.10.0', fits: true },
  { version: '1.8.1', fits: false },
  { version: '1.7.9', fits: false },
  { version: '2.0.0', fits: false },
  { version: '0.0.0-DEV', fits: false },
  { version: 'norev', fits: false },
];
for (const { version, fits } of versions) {
  test(`version ${version} ${fits ? 'does' : 'does not do'} where 1.8.2 is wanted`, () =>
    assert.equal(isCompatible(version, '1.8.2'), fits));
}
