import type { Problem } from './problem.ts';
import { fieldsOf } from './untyped.ts';

/** Something that the format has a place for and that does not work yet. */
export interface NotYet extends Problem {
  /** Everything below this path depends on it, so nothing else is said about that. */
  readonly covers: string;
}

const plannedPruners = ['wilcoxon'];

/** Reads the sweep before it is checked: the settings of what is not there yet have no schema. */
export function notYetAvailable(sweep: unknown): readonly NotYet[] {
  const { name } = fieldsOf(fieldsOf(fieldsOf(sweep).spec).pruneAlgorithm);
  return plannedPruners
    .filter((planned) => planned === name)
    .map((planned) => ({
      path: 'spec.pruneAlgorithm.name',
      message: `${planned} is not available yet; use asha, pasha, hyperband, median, percentile, threshold, patience, curve or none`,
      covers: 'spec.pruneAlgorithm',
    }));
}
