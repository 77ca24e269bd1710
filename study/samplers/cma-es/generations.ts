import type { Assignment } from '../../trial.ts';
import type { TrialOutcome } from '../outcomes.ts';

/**
 * Whole generations, each ranked best first. Trials are taken in the order in which they were suggested, without those
 * that have not reported: nothing waits for a straggler, which joins when it is heard of and moves the later ones on by a
 * place. All trials of a generation are compared at the highest rung that each of them has reached; failures come last.
 * A generation that failed as a whole tells no direction and is left out.
 */
export function generationsOf(outcomes: readonly TrialOutcome[], lambda: number): readonly (readonly Assignment[])[] {
  const told = outcomes.filter(({ losses, isHopeless }) => isHopeless || losses.length > 0);
  const whole = Array.from({ length: Math.floor(told.length / lambda) }, (_, g) => told.slice(g * lambda, (g + 1) * lambda));
  return whole.filter((trials) => trials.some(({ isHopeless }) => !isHopeless)).map(ranked);
}

function ranked(trials: readonly TrialOutcome[]): readonly Assignment[] {
  const sound = trials.filter(({ isHopeless }) => !isHopeless);
  const rung = Math.min(...sound.map(({ losses }) => losses.length)) - 1;
  const inOrder = [...sound.toSorted((a, b) => a.losses[rung]! - b.losses[rung]!), ...trials.filter(({ isHopeless }) => isHopeless)];
  return inOrder.map(({ assignment }) => assignment);
}
