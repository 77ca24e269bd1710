import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Origin, SweepEvent } from '../log.ts';
import { sampleOf } from './sample.ts';

const objective = { metric: 'eval/loss', direction: 'minimize' } as const;

function eventsOf(trial: number, origin: Origin, ...losses: readonly (number | null)[]): readonly SweepEvent[] {
  const purpose = origin.by === 'final' ? 'final' : 'search';
  return [
    { type: 'suggested', at: 0, trial, purpose, origin, seed: trial, assignment: { x: trial } },
    ...losses.map(
      (loss, rung): SweepEvent => ({
        type: 'reported',
        at: 0,
        trial,
        rung,
        step: rung + 1,
        metrics: { 'eval/loss': loss },
        cost: { seconds: 1, gpuSeconds: 0 },
      }),
    ),
  ];
}
const blind: Origin = { by: 'sampler', seen: 0, panel: true };
const learnt: Origin = { by: 'sampler', seen: 0 };

test('losses of early rungs are lifted by the median change of those that went on; baselines and finals are no sample', () => {
  const log = [
    eventsOf(0, { by: 'enqueued', name: 'headOnly' }, 9, 6, 5), // changes -3, -1
    eventsOf(1, blind, 5, 4, 2), // -1, -2
    eventsOf(2, blind, 6, 4), // -2
    eventsOf(3, blind, 8),
    eventsOf(4, blind, null),
    eventsOf(5, { by: 'final', of: 1 }, 1),
    eventsOf(6, blind),
  ].flat();
  assert.deepEqual(sampleOf(log, objective, 'tpe'), {
    kind: 'panel',
    assignments: [{ x: 1 }, { x: 2 }, { x: 3 }, { x: 4 }],
    losses: [2, 2, 4, Number.NaN], // -2 from rung 0 to 1, and the lower of -2 and -1 from there
  });
});

test('a panel of twenty stands for itself, a smaller one is filled up with what the sampler chose', () => {
  const panel = (count: number) => Array.from({ length: count }, (_, trial) => eventsOf(trial, blind, trial)).flat();
  const both = (count: number) => sampleOf([...panel(count), ...eventsOf(100, learnt, 1)], objective, 'tpe');
  assert.deepEqual([both(20).kind, both(20).losses.length], ['panel', 20]);
  assert.deepEqual([both(19).kind, both(19).losses.length], ['searched', 20]);
});

test('a grid is a sample of its own', () => {
  assert.equal(sampleOf(eventsOf(0, learnt, 1), objective, 'grid').kind, 'grid');
});
