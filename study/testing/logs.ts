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

export function reported(trial: number, accuracy: JsonNumber): Extract<SweepEvent, { type: 'reported' }> {
  const metrics = { 'eval/accuracy': accuracy };
  return { type: 'reported', at: trial, trial, rung: 0, step: 50, metrics, cost: { seconds: 1, gpuSeconds: 0 } };
}

/** Up to twelve trials of a space: some run, some failed, the others reported at up to three rungs; a few losses are NaN. */
export function anyLog(space: SearchSpace): fc.Arbitrary<SweepLog> {
  const accuracy = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 8, nil: null });
  const anyTrial = fc.record({
    stream: fc.nat({ max: 5 }),
    accuracies: fc.array(accuracy, { maxLength: 3 }), // one per rung; none: it runs
    hasFailed: fc.nat({ max: 4 }).map((draw) => draw === 0),
  });
  return fc
    .array(anyTrial, { maxLength: 12 })
    .map((trials) =>
      trials.flatMap(({ stream, accuracies, hasFailed }, trial) => [
        suggested(trial, samplePrior(space, seededStream(1, stream))),
        ...accuracies.map((value, rung): SweepEvent => ({ ...reported(trial, value), rung }) as SweepEvent),
        ...(hasFailed ? [failed(trial)] : []),
      ]),
    );
}
