import fc from 'fast-check';
import type { SearchSpace } from '../dimension.ts';
import type { SweepEvent, SweepLog } from '../log.ts';
import { seededStream } from '../random.ts';
import { samplePrior } from '../space.ts';
import type { Assignment, JsonNumber } from '../trial.ts';

/** A trial of the search that was suggested and has not been heard of since. */
export function suggested(trial: number, assignment: Assignment): SweepEvent {
  return { type: 'suggested', at: trial, trial, purpose: 'search', origin: { by: 'sampler', seen: 0 }, seed: trial, assignment };
}

export function failed(trial: number): SweepEvent {
  return { type: 'failed', at: trial, trial, failure: { type: 'TrialCrashed', message: 'exit code 1' } };
}

export function reported(trial: number, accuracy: JsonNumber): SweepEvent {
  const metrics = { 'eval/accuracy': accuracy };
  return { type: 'reported', at: trial, trial, rung: 0, step: 50, metrics, cost: { seconds: 1, gpuSeconds: 0 } };
}

/** Up to twelve trials of a space: some run, some failed, some reported, a few of them NaN. */
export function anyLog(space: SearchSpace): fc.Arbitrary<SweepLog> {
  const outcome = fc.oneof(
    fc.constant('running' as const),
    fc.constant('failed' as const),
    fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 4, nil: null }),
  );
  return fc
    .array(fc.tuple(fc.nat({ max: 5 }), outcome), { maxLength: 12 })
    .map((trials) => trials.flatMap(([stream, ended], trial) => eventsOf(trial, samplePrior(space, seededStream(1, stream)), ended)));
}

function eventsOf(trial: number, assignment: Assignment, ended: JsonNumber | 'running' | 'failed'): readonly SweepEvent[] {
  const start = suggested(trial, assignment);
  if (ended === 'running') return [start];
  return [start, ended === 'failed' ? failed(trial) : reported(trial, ended)];
}
