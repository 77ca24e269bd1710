/** Decisions on recorded logs, equal to those of Optuna's pruners of the same rule. `fixtures/make-optuna.py` made the record. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lossOf } from '../objective.ts';
import { emptyRung, type Rung, withReport } from '../rung.ts';
import type { Objective } from '../trial.ts';
import { type PrunerSettings, prunerOf } from './pruner-of.ts';

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

const { cases } = JSON.parse(readFileSync(new URL('fixtures/optuna.json', import.meta.url), 'utf8')) as { readonly cases: readonly Case[] };

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
