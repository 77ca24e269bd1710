/** Decisions on recorded logs, equal to those of Optuna's asynchronous successive halving: for asha, and for each bracket of hyperband. `fixtures/make-successive-halving.py` made the record. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lossOf } from '../objective.ts';
import { emptyRung, type Rung, withReport } from '../rung.ts';
import type { Objective } from '../trial.ts';
import { asha } from './asha.ts';
import { hyperband } from './hyperband.ts';
import type { Pruner } from './pruner.ts';

interface RecordedLog {
  readonly direction: Objective['direction'];
  readonly reductionFactor: number;
  /** What each trial reported, rung by rung. */
  readonly trials: readonly (readonly { readonly value: number; readonly stops: boolean }[])[];
}

const file = new URL('fixtures/successive-halving.json', import.meta.url);
const { logs } = JSON.parse(readFileSync(file, 'utf8')) as { readonly logs: readonly RecordedLog[] };

interface Answer {
  readonly ours: boolean;
  readonly optuna: boolean;
}

/** Where the trials of a log stand in a sweep of ours: their numbers there, and how many rungs they pass before the first one of the log. */
interface Place {
  readonly numberOf: (trial: number) => number;
  readonly below: number;
}

const rungsOfLog = 3;

/** Ours beside Optuna's, for each report at a rung that holds enough trials to let one go on; before that Optuna keeps the very best only. */
function answers({ direction, reductionFactor, trials }: RecordedLog, pruner: Pruner, { numberOf, below }: Place): readonly Answer[] {
  const rungs: Rung[] = Array.from({ length: below + rungsOfLog }, () => emptyRung);
  return trials.flatMap((reports, trial) =>
    reports.flatMap(({ value, stops }, rungOfLog) => {
      const rung = below + rungOfLog;
      const loss = lossOf({ value }, { metric: 'value', direction });
      rungs[rung] = withReport(rungs[rung]!, numberOf(trial), [loss]);
      if (rungs[rung].trials.length < reductionFactor) return [];
      return [{ ours: pruner.decide(rungs, numberOf(trial), rung).action === 'stop', optuna: stops }];
    }),
  );
}

function assertEqual(made: readonly Answer[]): void {
  assert.deepEqual(
    made.map(({ ours }) => ours),
    made.map(({ optuna }) => optuna),
  );
  assert.ok(made.some(({ optuna }) => optuna) && made.some(({ optuna }) => !optuna), 'the record holds both answers');
}

const settingsOf = ({ direction, reductionFactor }: RecordedLog) =>
  ({ mode: 'stop', reductionFactor, by: 'firstObjective', direction }) as const;

test('asha: stops the trials that Optuna stops, and no other', () => {
  assertEqual(logs.flatMap((log) => answers(log, asha(settingsOf(log)), { numberOf: (trial) => trial, below: 0 })));
});

for (const bracket of [0, 1, 2]) {
  test(`hyperband: bracket ${bracket} is successive halving from its rung on`, () => {
    const made = logs.flatMap((log) => {
      const pruner = hyperband(settingsOf(log));
      const numbers = numbersIn(pruner, bracket, bracket + rungsOfLog, log.trials.length);
      return answers(log, pruner, { numberOf: (trial) => numbers[trial]!, below: bracket });
    });
    assertEqual(made);
  });
}

/** The first trials of a bracket. In which one a trial is shows at the rungs below: there it is not compared. */
function numbersIn(pruner: Pruner, bracket: number, rungCount: number, count: number): readonly number[] {
  const found: number[] = [];
  for (let trial = 0; found.length < count; trial += 1) {
    const rungs = Array.from({ length: rungCount }, (_, rung) => (rung === 0 ? withReport(emptyRung, trial, [0]) : emptyRung));
    const { reason } = pruner.decide(rungs, trial, 0);
    if ((reason.code === 'belowBracket' ? reason.from : 0) === bracket) found.push(trial);
  }
  return found;
}
