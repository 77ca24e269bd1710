import type { Problem } from './problem.ts';
import { fieldsOf, itemsOf } from './untyped.ts';

/** Something that the format has a place for and that does not work yet. */
export interface NotYet extends Problem {
  /** Everything below this path depends on it, so nothing else is said about that. */
  readonly covers: string;
}

const planned = {
  searchAlgorithm: ['gp', 'cmaEs', 'nsga2'],
  pruneAlgorithm: ['pasha', 'wilcoxon', 'curve'],
  scheme: ['prefixReinit', 'blocks', 'curve', 'window', 'mask', 'modes', 'reinit'],
};

/** Reads the sweep before it is checked: the settings of what is not there yet have no schema. */
export function notYetAvailable(sweep: unknown): readonly NotYet[] {
  const spec = fieldsOf(fieldsOf(sweep).spec);
  return [
    ...namedBlock('searchAlgorithm', spec.searchAlgorithm, 'use random, grid, sobol or tpe'),
    ...namedBlock('pruneAlgorithm', spec.pruneAlgorithm, 'use asha, hyperband, median, percentile, threshold, patience or none'),
    ...itemsOf(spec.parameters).flatMap((parameter, index) =>
      layerwiseScheme(`spec.parameters[${index}].searchSpace.layerwise`, parameter),
    ),
  ];
}

function namedBlock(block: 'searchAlgorithm' | 'pruneAlgorithm', value: unknown, instead: string): readonly NotYet[] {
  const { name } = fieldsOf(value);
  const isPlanned = planned[block].some((known) => known === name);
  return isPlanned ? [{ ...notYet(`spec.${block}.name`, String(name), instead), covers: `spec.${block}` }] : [];
}

function layerwiseScheme(path: string, parameter: unknown): readonly NotYet[] {
  const { scheme } = fieldsOf(fieldsOf(fieldsOf(parameter).searchSpace).layerwise);
  return planned.scheme
    .filter((known) => known === scheme)
    .map((known) => ({ ...notYet(`${path}.scheme`, known, 'use prefix, prefixDecay or perLayer'), covers: path }));
}

function notYet(path: string, what: string, instead: string): NotYet {
  return { path, message: `${what} is not available yet; ${instead}`, covers: path };
}
