import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lossOf } from './objective.ts';

const metrics = { 'eval/accuracy': 0.75, 'eval/loss': 0.5, 'eval/mcc': 0, 'train/loss': null };

const cases = [
  { name: 'what is minimised is the loss', metric: 'eval/loss', direction: 'minimize', want: 0.5 },
  { name: 'what is maximised is turned round', metric: 'eval/accuracy', direction: 'maximize', want: -0.75 },
  { name: 'a score of 0 is a loss of 0, without a sign', metric: 'eval/mcc', direction: 'maximize', want: 0 },
  { name: 'null is NaN', metric: 'train/loss', direction: 'minimize', want: Number.NaN },
  { name: 'null is NaN in either direction', metric: 'train/loss', direction: 'maximize', want: Number.NaN },
] as const;
for (const { name, metric, direction, want } of cases) {
  test(`loss: ${name}`, () => assert.ok(Object.is(lossOf(metrics, { metric, direction }), want)));
}

const missing = [
  {
    name: 'tells what there is',
    metrics,
    want: 'the report has no metric f1; it has eval/accuracy, eval/loss, eval/mcc, train/loss: have the trainer report it, or name another in spec.objectives',
  },
  {
    name: 'tells that there is nothing',
    metrics: {},
    want: 'the report has no metric f1; it has nothing: have the trainer report it, or name another in spec.objectives',
  },
];
for (const { name, metrics: reported, want } of missing) {
  test(`a missing metric ${name}`, () => {
    assert.throws(() => lossOf(reported, { metric: 'f1', direction: 'maximize' }), { name: 'MissingMetricError', message: want });
  });
}

test('a name that every object has is no metric', () => {
  assert.throws(() => lossOf({}, { metric: 'constructor', direction: 'minimize' }), { name: 'MissingMetricError' });
});
