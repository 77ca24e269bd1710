import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Findings } from './findings.ts';
import { readFound, sweepIdOf, writeFindings } from './record.ts';
import { cellsOf, quick } from './sweeps.ts';

const digests = { model: 'aa', data: 'bb' };
const [full, headOnly] = cellsOf(quick, { layers: 6 });

test('a sweep has another id with another content, version or scope, and the same one otherwise', () => {
  const id = sweepIdOf(full!, quick, digests, '1');
  assert.match(id, /^default\.low-volume-full-300\.[0-9a-f]{8}$/);
  assert.equal(sweepIdOf(full!, { ...quick }, { ...digests }, '1'), id);
  const others = [
    sweepIdOf(full!, quick, { ...digests, data: 'cc' }, '1'),
    sweepIdOf(full!, quick, { ...digests, model: 'cc' }, '1'),
    sweepIdOf(full!, quick, digests, '2'),
    sweepIdOf(full!, { ...quick, steps: quick.steps + 1 }, digests, '1'),
    sweepIdOf(headOnly!, quick, digests, '1'),
  ];
  assert.equal(new Set([id, ...others]).size, 6);
});

test('what was found is read again where the page is, and nothing where there is none', (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'permafrost-study-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const page = path.join(folder, 'new/page.md');
  assert.deepEqual(readFound(page), []);
  const findings: Findings = {
    scope: quick,
    model: { name: 'tiny', layers: 6 },
    data: { name: 'texts', source: 'this test', labels: 10, train: 1500, selection: 500, heldOut: 1000 },
    version: '1',
    failed: [],
    found: [
      {
        arm: 'full',
        title: 'full',
        method: 'full',
        isMain: true,
        size: 300,
        sweep: sweepIdOf(full!, quick, digests, '1'),
        from: '2026-11-21T23:00:00.000Z',
        to: '2026-11-22T01:00:00.000Z',
        trials: 9,
        searchSeconds: 90,
        best: { trial: 4, assignment: { 'layers.frozenPrefix': 0 }, layers: [] },
        scores: [{ seed: 1, score: 0.5, seconds: 12 }],
        trainedParameters: 77,
        majority: 0.1,
        machine: { processor: 'slow', cores: 2, slots: 2 },
      },
    ],
  };
  assert.deepEqual(writeFindings(findings, page), [page, path.join(folder, 'new/page.json')]);
  assert.deepEqual(readFound(page), findings.found);
});
