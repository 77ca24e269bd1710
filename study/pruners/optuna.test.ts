/** Decisions on recorded logs, equal to those of Optuna's pruners of the same rule. `fixtures/make-optuna.py` made the record. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lossOf } from '../objective.ts';
import { emptyRung, type Rung, withReport } from '../rung.ts';
import type { Objective } from '../trial.ts';
import { type PrunerSettings, prunerOf } from './pruner-of.ts';
import { signedRankP } from './signed-rank.ts';

interface Case {
  readonly direction: Objective['direction'];
  readonly startupTrials: number;
  readonly percentile: number;
  readonly threshold: number;
  /** Values of the trials that were trained to the end, rung by rung. */
  readonly finished: readonly (readonly number[])[];
  /** Of the trial that is decided about, up to now. */
  readonly running: readonly number[];
  readonly stops: Readonly<Record<'median' | 'percentile' | 'threshold', boolean>>;
}

/** Losses by example of the best trial and of the one that is decided about, with scipy's p-value and Optuna's answer. */
interface Pair {
  readonly pThreshold: number;
  readonly best: readonly number[];
  readonly running: readonly number[];
  readonly p: number;
  readonly stops: boolean;
}

const { cases, pairs } = JSON.parse(readFileSync(new URL('fixtures/optuna.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly Case[];
  readonly pairs: readonly Pair[];
};

function tablesOf({ direction, finished, running }: Case): readonly Rung[] {
  const lossAt = (value: number) => lossOf({ value }, { metric: 'value', direction });
  return finished[0]!.map((_, rung) =>
    [...finished, running].reduce<Rung>(
      (table, values, trial) => (values[rung] === undefined ? table : withReport(table, trial, [lossAt(values[rung])])),
      emptyRung,
    ),
  );
}

for (const name of ['median', 'percentile', 'threshold'] as const) {
  test(`${name}: stops the trials that Optuna stops, and no other`, () => {
    const settings = (found: Case): PrunerSettings => ({ ...found, name });
    const stops = cases.map((found) => {
      const { action } = prunerOf(settings(found)).decide(tablesOf(found), found.finished.length, found.running.length - 1);
      return action === 'stop';
    });
    assert.deepEqual(
      stops,
      cases.map((found) => found.stops[name]),
    );
    assert.ok(stops.includes(true) && stops.includes(false), 'the record holds both answers');
  });
}

test("the signed-rank test's p-value is scipy's, with ties and zeros and without", () => {
  for (const { best, running, p } of pairs) {
    const found = signedRankP(running.map((loss, example) => loss - best[example]!));
    assert.ok(Math.abs(found - p) < 1e-12, `${found} against ${p} of ${running.length} pairs`);
  }
});

test('wilcoxon: stops the trials that Optuna stops, and no other', () => {
  const mean = (losses: readonly number[]) => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  const stops = pairs.map(({ pThreshold, best, running }) => {
    const rung = [best, running].reduce((table, losses, trial) => withReport(table, trial, [mean(losses)], losses), emptyRung);
    return prunerOf({ name: 'wilcoxon', pThreshold }).decide([rung, emptyRung], 1, 0, running).action === 'stop';
  });
  assert.deepEqual(
    stops,
    pairs.map((pair) => pair.stops),
  );
  assert.ok(stops.includes(true) && stops.includes(false), 'the record holds both answers');
});
