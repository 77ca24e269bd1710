import type { SpecParts } from '../parts.ts';
import type { Problem } from '../problem.ts';

/** An end by what the sampler expects needs one that says so, in the unit of an objective. */
export function budgetProblems({ budget, searchAlgorithm, objectives = [] }: SpecParts): readonly Problem[] {
  if (budget?.noExpectedImprovement === undefined || searchAlgorithm === undefined) return [];
  const path = 'spec.budget.noExpectedImprovement';
  const { name, objective } = searchAlgorithm;
  if (name !== 'gp') {
    return [{ path, message: `needs searchAlgorithm.name gp, which alone says what it expects; with ${name} use noImprovement` }];
  }
  return objective !== undefined || objectives.length < 2
    ? []
    : [{ path, message: 'needs searchAlgorithm.objective, for what gp expects of several objectives together has no unit' }];
}
