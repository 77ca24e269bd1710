import { message, validations } from './cel.ts';

/** What is carried of each trial and objective must fit what a workflow may take from one run to the next. */
export const mostLosses = 20_000;

const enqueued = 'size(self.enqueue) + size(self.enqueueAssignments)';

/** What the fields of a spec are beside each other. `rules/` has more, for which names are looked up. */
export const specRules = validations(
  {
    rule: `self.numTrials >= ${enqueued}`,
    fieldPath: '.numTrials',
    messageExpression: message('must be >= %s, the number of enqueued trials, got %s', enqueued, 'self.numTrials'),
  },
  {
    rule: `size(self.objectives) == 1 || self.numTrials * size(self.objectives) <= ${mostLosses}`,
    fieldPath: '.numTrials',
    messageExpression: message(
      'must be <= %s with %s objectives, got %s',
      `${mostLosses} / size(self.objectives)`,
      'size(self.objectives)',
      'self.numTrials',
    ),
  },
  {
    rule: 'size(self.enqueue) == 0 || self.parameters.exists(parameter, has(parameter.searchSpace.layerwise))',
    fieldPath: '.enqueue',
    message: 'baselines need a layerwise parameter; add one or leave enqueue out',
  },
  {
    rule: "self.pruneAlgorithm.by == 'firstObjective' || size(self.objectives) > 1",
    fieldPath: '.pruneAlgorithm.by',
    messageExpression: message('must be firstObjective where there is one objective, got "%s"', 'self.pruneAlgorithm.by'),
  },
  {
    rule: "!has(self.budget.noExpectedImprovement) || self.searchAlgorithm.name == 'gp'",
    fieldPath: '.budget.noExpectedImprovement',
    messageExpression: message(
      'needs searchAlgorithm.name gp, which alone says what it expects; with %s use noImprovement',
      'self.searchAlgorithm.name',
    ),
  },
  {
    rule: "!has(self.budget.noExpectedImprovement) || self.searchAlgorithm.name != 'gp' || has(self.searchAlgorithm.objective) || size(self.objectives) == 1",
    fieldPath: '.budget.noExpectedImprovement',
    message: 'needs searchAlgorithm.objective, for what gp expects of several objectives together has no unit',
  },
);
