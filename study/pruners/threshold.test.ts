import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyRung } from '../rung.ts';
import { prunerContract } from '../testing/pruner-contract.ts';
import { aRung } from '../testing/rungs.ts';
import type { Decision, JsonNumber } from '../trial.ts';
import { threshold } from './threshold.ts';

const accuracy = threshold({ threshold: 0.5, direction: 'maximize' });
const loss = threshold({ threshold: 2, direction: 'minimize' });
prunerContract('threshold', loss);

const cases: readonly { name: string; pruner: typeof loss; loss: JsonNumber; want: Decision }[] = [
  { name: 'worse ends', pruner: loss, loss: 2.5, want: { action: 'stop', reason: { code: 'beyondThreshold', value: 2.5, threshold: 2 } } },
  {
    name: 'equal goes on',
    pruner: loss,
    loss: 2,
    want: { action: 'continue', reason: { code: 'withinThreshold', value: 2, threshold: 2 } },
  },
  {
    name: 'of an accuracy less is worse',
    pruner: accuracy,
    loss: -0.25,
    want: { action: 'stop', reason: { code: 'beyondThreshold', value: 0.25, threshold: 0.5 } },
  },
  {
    name: 'of an accuracy more is better',
    pruner: accuracy,
    loss: -0.75,
    want: { action: 'continue', reason: { code: 'withinThreshold', value: 0.75, threshold: 0.5 } },
  },
  {
    name: 'an equal accuracy goes on',
    pruner: accuracy,
    loss: -0.5,
    want: { action: 'continue', reason: { code: 'withinThreshold', value: 0.5, threshold: 0.5 } },
  },
  { name: 'NaN ends', pruner: accuracy, loss: null, want: { action: 'stop', reason: { code: 'diverged' } } },
];
for (const { name, pruner, loss, want } of cases) {
  test(`threshold: ${name}`, () => assert.deepEqual(pruner.decide([aRung(loss), emptyRung], 0, 0), want));
}
