import { brokenConstraint, constraintText } from './constraint.ts';
import { isActive, type SearchSpace } from './dimension.ts';
import { holds } from './domain.ts';
import { suggestion } from './spec/nearest.ts';
import { mustBe, type Problem } from './spec/problem.ts';
import type { Sweep } from './spec.ts';
import type { Assignment } from './trial.ts';

/** `spec.enqueueAssignments` against what is searched. One problem each: the first, for the others mostly follow from it. */
export function assignmentProblems(enqueueAssignments: Sweep['spec']['enqueueAssignments'], space: SearchSpace): readonly Problem[] {
  return enqueueAssignments.flatMap(({ assignment }, index) => {
    const problem = assignmentProblem(space, assignment);
    const path = `spec.enqueueAssignments[${index}].assignment`;
    return problem === undefined ? [] : [{ path: `${path}${problem.path}`, message: problem.message }];
  });
}

/** What keeps an assignment from being one of the space's; the path is within it. */
function assignmentProblem(space: SearchSpace, assignment: Assignment): Problem | undefined {
  const active = space.filter((dimension) => isActive(dimension, assignment));
  const missing = active.find(({ name }) => !Object.hasOwn(assignment, name));
  if (missing !== undefined) return mustBe(`.${missing.name}`, 'given, for it is searched', undefined);
  const extra = Object.keys(assignment).find((name) => active.every((dimension) => dimension.name !== name));
  if (extra !== undefined) {
    const names = active.map(({ name }) => name);
    return { path: `.${extra}`, message: `is not searched beside the other values; ${suggestion(extra, names)}` };
  }
  const outside = active.find(({ name, domain }) => !holds(domain, assignment[name]!));
  if (outside !== undefined) return mustBe(`.${outside.name}`, 'a value of its search space', assignment[outside.name]);
  const broken = brokenConstraint(space, assignment);
  return broken && { path: '', message: `breaks a constraint (${constraintText(broken)}); leave it out` };
}
