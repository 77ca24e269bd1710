import type { SpecParts } from '../parts.ts';
import type { Problem } from '../problem.ts';
import { budgetProblems } from './budget.ts';
import { builtInTrainerProblems, learningRateProblems } from './built-in-trainer.ts';
import { conditionProblems } from './conditions.ts';
import { constraintProblems } from './constraints.ts';
import { objectiveProblems } from './objectives.ts';
import { parameterProblems } from './parameters.ts';
import { searchSpaceProblems } from './search-space.ts';
import { tieProblems } from './ties.ts';
import { trialProblems } from './trials.ts';

/** What the fields mean together. Each rule speaks only of fields that are sound in themselves. */
export function brokenRules(parts: SpecParts): readonly Problem[] {
  return [
    objectiveProblems,
    parameterProblems,
    searchSpaceProblems,
    conditionProblems,
    constraintProblems,
    tieProblems,
    learningRateProblems,
    trialProblems,
    budgetProblems,
    builtInTrainerProblems,
  ].flatMap((problemsOf) => problemsOf(parts));
}
