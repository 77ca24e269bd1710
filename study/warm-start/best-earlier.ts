import type { SearchSpace } from '../dimension.ts';
import { contains } from '../space.ts';
import type { Assignment } from '../trial.ts';
import type { EarlierTrial } from './earlier-trials.ts';

/** A configuration that did well, with the trials that had it. */
export interface ProvenAssignment {
  readonly assignment: Assignment;
  /** The trial that tells of it: the newest that got so far. */
  readonly from: { readonly sweep: string; readonly trial: number };
  /** Optimizer steps that it was trained for. */
  readonly steps: number;
  /** Mean over the trials that were trained for as many steps. */
  readonly loss: number;
  readonly trials: number;
}

/**
 * Configurations of tonight's space, best first: those that were trained longest, by their mean loss there. The mean takes
 * back some of the luck for which the best of many was chosen: what is tried again each night has more than one value.
 * @param trials - oldest first
 */
export function bestEarlier(space: SearchSpace, trials: readonly EarlierTrial[]): readonly ProvenAssignment[] {
  const groups = Map.groupBy(
    trials.filter(({ assignment }) => contains(space, assignment)),
    ({ assignment }) => JSON.stringify(Object.entries(assignment).sort()),
  );
  return [...groups.values()].flatMap(proven).sort((a, b) => b.steps - a.steps || a.loss - b.loss);
}

/** Nothing, if any of them failed: what works on some nights only is no good start. */
function proven(group: readonly EarlierTrial[]): readonly ProvenAssignment[] {
  const reports = group.flatMap(({ outcome }) => (outcome.kind === 'reported' ? [outcome] : []));
  if (reports.length < group.length) return [];
  const steps = Math.max(...reports.map((report) => report.steps));
  const losses = reports.filter((report) => report.steps === steps).map(({ loss }) => loss);
  const { sweep, trial, assignment } = group.findLast(({ outcome }) => outcome.kind === 'reported' && outcome.steps === steps)!; // ! is safe: it is their largest
  return [
    { assignment, from: { sweep, trial }, steps, loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length, trials: losses.length },
  ];
}
