/** Hypervolumes and good trials equal to Optuna's. `fixtures/make-optuna.py` made the record. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Losses } from '../../dominance.ts';
import { hypervolume } from '../../hypervolume.ts';
import { splitByParetoRank } from './pareto-rank.ts';

interface Case {
  readonly points: readonly Losses[];
  /** Below 0.9 in each objective. */
  readonly hypervolume: number;
  /** The trials that Optuna takes as good, when it takes so many. */
  readonly good: readonly number[];
}

const { cases } = JSON.parse(readFileSync(new URL('fixtures/optuna.json', import.meta.url), 'utf8')) as { readonly cases: readonly Case[] };

test('the best so many trials of several objectives are those that Optuna takes as good', () => {
  for (const { points, good } of cases) {
    const places = splitByParetoRank(points, 0);
    const best = [...points.keys()].filter((index) => places[index]! < good.length);
    assert.deepEqual(best, good);
    assert.deepEqual(
      places.toSorted((a, b) => a - b),
      [...points.keys()],
    );
  }
});

test('hypervolume: as Optuna has it, in two to four objectives', () => {
  for (const { points, hypervolume: want } of cases) {
    const reference = points[0]!.map(() => 0.9);
    assert.ok(Math.abs(hypervolume(points, reference) - want) < 1e-12);
  }
});
