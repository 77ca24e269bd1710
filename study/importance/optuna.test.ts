/** Importance of recorded trials, equal to what Optuna's evaluators make of them. `fixtures/make-optuna.py` made the record. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { searchSpaceOf } from '../space.ts';
import type { Assignment } from '../trial.ts';
import { bestShare } from './best-share.ts';
import { columnOf } from './columns.ts';
import { fanova } from './fanova.ts';
import { pedAnova } from './ped-anova.ts';

interface Recorded {
  readonly pedAnova: readonly {
    readonly trials: readonly { readonly params: Assignment; readonly loss: number }[];
    readonly importance: Readonly<Record<string, number>>;
  }[];
  readonly fanova: readonly {
    readonly points: readonly (readonly number[])[];
    readonly losses: readonly number[];
    readonly importance: readonly number[];
  }[];
}
const recorded = JSON.parse(readFileSync(new URL('fixtures/optuna.json', import.meta.url), 'utf8')) as Recorded;

const space = searchSpaceOf([
  { name: 'rate', searchSpace: { logUniform: { min: 1e-5, max: 1e-3 } } },
  { name: 'decay', searchSpace: { uniform: { min: 0.6, max: 1 } } },
  { name: 'prefix', searchSpace: { int: { min: 0, max: 6 } } },
  { name: 'step', searchSpace: { uniform: { min: 0, max: 1, step: 0.25 } } },
  { name: 'method', searchSpace: { categorical: { choices: ['full', 'bias', 'lora'] } } },
  { name: 'rank', searchSpace: { logUniform: { min: 1, max: 64 } }, activeWhen: { method: 'lora' } },
]);

for (const { trials, importance } of recorded.pedAnova) {
  test(`PED-ANOVA: that of Optuna for ${trials.length} trials, conditional settings too`, () => {
    const isGood = bestShare(
      trials.map(({ loss }) => loss),
      0.1,
    );
    for (const dimension of space) {
      const column = columnOf(
        dimension.domain,
        trials.map(({ params }) => params[dimension.name]),
      );
      const difference = Math.abs(pedAnova(column, isGood) - importance[dimension.name]!);
      assert.ok(difference < 1e-9, `${dimension.name}: ${difference}`);
    }
  });
}

for (const { points, losses, importance } of recorded.fanova) {
  test(`fANOVA: within 5 % of Optuna's for ${points.length} trials`, () => {
    const places = points.map((point) => point.map((x) => ({ low: x, high: x })));
    const noCuts = importance.map(() => undefined);
    const forests = Array.from({ length: 10 }, (_, seed) => fanova(places, losses, noCuts, seed));
    for (const [feature, wanted] of importance.entries()) {
      const mean = forests.reduce((sum, effects) => sum + effects[feature]!.share, 0) / forests.length;
      assert.ok(Math.abs(mean - wanted) < Math.max(0.05 * wanted, 0.005), `${feature}: ${mean}, Optuna ${wanted}`);
    }
  });
}
