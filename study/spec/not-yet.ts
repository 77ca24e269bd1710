import type { Problem } from './problem.ts';
import { fieldsOf } from './untyped.ts';

/** Something that the format has a place for and that does not work yet. */
export interface NotYet extends Problem {
  /** Everything below this path depends on it, so nothing else is said about that. */
  readonly covers: string;
}

const planned = {
  searchAlgorithm: ['nsga2'],
  pruneAlgorithm: ['pasha', 'wilcoxon', 'curve'],
};

/** Reads the sweep before it is checked: the settings of what is not there yet have no schema. */
export function notYetAvailable(sweep: unknown): readonly NotYet[] {
  const spec = fieldsOf(fieldsOf(sweep).spec);
  return [
    ...namedBlock('searchAlgorithm', spec.searchAlgorithm, 'use random, grid, sobol, tpe, cmaEs or gp'),
    ...namedBlock('pruneAlgorithm', spec.pruneAlgorithm, 'use asha, hyperband, median, percentile, threshold, patience or none'),
  ];
}

function namedBlock(block: 'searchAlgorithm' | 'pruneAlgorithm', value: unknown, instead: string): readonly NotYet[] {
  const { name } = fieldsOf(value);
  const isPlanned = planned[block].some((known) => known === name);
  return isPlanned ? [{ ...notYet(`spec.${block}.name`, String(name), instead), covers: `spec.${block}` }] : [];
}

function notYet(path: string, what: string, instead: string): NotYet {
  return { path, message: `${what} is not available yet; ${instead}`, covers: path };
}
