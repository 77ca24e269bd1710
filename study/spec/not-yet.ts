import type { Problem } from './problem.ts';
import { fieldsOf, itemsOf } from './untyped.ts';

/** Something that the format has a place for and that does not work yet. */
export interface NotYet extends Problem {
  /** Everything below this path depends on it, so nothing else is said about that. */
  readonly covers: string;
}

const planned = {
  searchAlgorithm: ['tpe', 'sobol', 'gp', 'cmaEs', 'nsga2'],
  pruneAlgorithm: ['hyperband', 'pasha', 'median', 'percentile', 'wilcoxon', 'threshold', 'patience', 'curve'],
  searchSpace: ['normal', 'logNormal', 'ordinal', 'fixed'],
  scheme: ['prefixReinit', 'blocks', 'curve', 'window', 'mask', 'modes', 'reinit'],
  budget: ['gpuHours', 'cost'],
};

/** Reads the sweep before it is checked: the settings of what is not there yet have no schema. */
export function notYetAvailable(sweep: unknown): readonly NotYet[] {
  const spec = fieldsOf(fieldsOf(sweep).spec);
  return [
    ...namedBlock('searchAlgorithm', spec.searchAlgorithm, 'use random or grid'),
    ...namedBlock('pruneAlgorithm', spec.pruneAlgorithm, 'use asha or none'),
    ...(itemsOf(spec.objectives).length > 1 ? [notYet('spec.objectives', 'more than one objective', 'keep the first')] : []),
    ...itemsOf(spec.parameters).flatMap((parameter, index) => searchSpaceKinds(`spec.parameters[${index}].searchSpace`, parameter)),
    ...planned.budget
      .filter((limit) => Object.hasOwn(fieldsOf(spec.budget), limit))
      .map((limit) => notYet(`spec.budget.${limit}`, limit, 'use duration')),
  ];
}

function namedBlock(block: 'searchAlgorithm' | 'pruneAlgorithm', value: unknown, instead: string): readonly NotYet[] {
  const { name } = fieldsOf(value);
  const isPlanned = planned[block].some((known) => known === name);
  return isPlanned ? [{ ...notYet(`spec.${block}.name`, String(name), instead), covers: `spec.${block}` }] : [];
}

function searchSpaceKinds(path: string, parameter: unknown): readonly NotYet[] {
  const searchSpace = fieldsOf(fieldsOf(parameter).searchSpace);
  const kinds = planned.searchSpace.filter((kind) => Object.hasOwn(searchSpace, kind));
  const { scheme } = fieldsOf(searchSpace.layerwise);
  const schemes = planned.scheme.filter((known) => known === scheme);
  return [
    ...kinds.map((kind) => notYet(path, kind, 'use uniform, logUniform, int, categorical or layerwise')),
    ...schemes.map((known) => ({
      ...notYet(`${path}.layerwise.scheme`, known, 'use prefix, prefixDecay or perLayer'),
      covers: `${path}.layerwise`,
    })),
  ];
}

function notYet(path: string, what: string, instead: string): NotYet {
  return { path, message: `${what} is not available yet; ${instead}`, covers: path };
}
