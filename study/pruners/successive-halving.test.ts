/** Decisions on recorded logs, equal to those of Optuna's asynchronous successive halving. `fixtures/make-successive-halving.py` made the record. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lossOf } from '../objective.ts';
import { emptyRung, type Rung, withReport } from '../rung.ts';
import type { Objective } from '../trial.ts';
import { asha } from './asha.ts';

interface RecordedLog {
  readonly direction: Objective['direction'];
  readonly reductionFactor: number;
  /** What each trial reported, rung by rung. */
  readonly trials: readonly (readonly { readonly value: number; readonly stops: boolean }[])[];
}

const file = new URL('fixtures/successive-halving.json', import.meta.url);
const { logs } = JSON.parse(readFileSync(file, 'utf8')) as { readonly logs: readonly RecordedLog[] };

/** Ours beside Optuna's, for each report at a rung that holds enough trials to let one go on; before that Optuna keeps the very best only. */
function decisions({ direction, reductionFactor, trials }: RecordedLog): readonly { readonly ours: boolean; readonly optuna: boolean }[] {
  const pruner = asha({ mode: 'stop', reductionFactor, by: 'firstObjective', direction });
  const rungs: Rung[] = [emptyRung, emptyRung, emptyRung];
  return trials.flatMap((reports, trial) =>
    reports.flatMap(({ value, stops }, rung) => {
      const loss = lossOf({ value }, { metric: 'value', direction });
      rungs[rung] = withReport(rungs[rung]!, trial, [loss]);
      if (rungs[rung].trials.length < reductionFactor) return [];
      return [{ ours: pruner.decide(rungs, trial, rung).action === 'stop', optuna: stops }];
    }),
  );
}

test('asha: stops the trials that Optuna stops, and no other', () => {
  const made = logs.flatMap(decisions);
  assert.deepEqual(
    made.map(({ ours }) => ours),
    made.map(({ optuna }) => optuna),
  );
  assert.ok(made.some(({ optuna }) => optuna) && made.some(({ optuna }) => !optuna), 'the record holds both answers');
});
