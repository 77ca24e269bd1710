import { message } from '../../study/spec/cel.ts';
import { specSchema, sweepSchema } from '../../study/spec/schema.ts';
import { ageColumn, crd, validationsOf } from './crd.ts';
import { type Structural, structuralSchema } from './structural.ts';
import { sweepStatusSchema } from './sweep-status.ts';

/** What a running sweep follows. All else makes it the search that it is. */
const changeable = ['numTrials', 'parallelTrials', 'suspend'];

const unchangeable = {
  reason: 'FieldValueForbidden',
  message:
    'cannot be changed: the sweep would be another search; make a new one. numTrials (upwards), parallelTrials and suspend can change',
} as const;

/** The spec of a sweep that is there, of which little can change. */
function lasting(spec: Structural): Structural {
  const properties = spec.properties as Readonly<Record<string, Structural>>;
  const required = spec.required as readonly string[];
  const isAlwaysThere = (name: string): boolean => required.includes(name) || properties[name]!.default !== undefined;
  const fixed = Object.keys(properties).filter((name) => !changeable.includes(name));
  const withRules = fixed.filter(isAlwaysThere).map((name) => {
    const field = properties[name]!;
    return [name, { ...field, 'x-kubernetes-validations': [...validationsOf(field), { rule: 'self == oldSelf', ...unchangeable }] }];
  });
  const numTrials = {
    rule: 'self >= oldSelf',
    messageExpression: message('can only grow: it was %s, got %s', 'oldSelf', 'self'),
    reason: 'FieldValueForbidden',
  };
  return {
    ...spec,
    properties: {
      ...properties,
      ...Object.fromEntries(withRules),
      numTrials: { ...properties.numTrials, 'x-kubernetes-validations': [numTrials] },
    },
    'x-kubernetes-validations': [
      ...validationsOf(spec),
      // A rule of a field that may be missing is not asked when it comes or goes.
      ...fixed
        .filter((name) => !isAlwaysThere(name))
        .map((name) => ({
          rule: `has(self.${name}) == has(oldSelf.${name}) && (!has(self.${name}) || self.${name} == oldSelf.${name})`,
          fieldPath: `.${name}`,
          ...unchangeable,
        })),
    ],
  };
}

export const sweepCrd = crd({
  kind: 'Sweep',
  singular: 'sweep',
  plural: 'sweeps',
  shortName: 'swp',
  description:
    'A search for the layers of an encoder to freeze, and for how fast the others should learn. Deleting it cancels the search; its results in S3 stay.',
  name: sweepSchema.shape.metadata.shape.name,
  spec: { ...lasting(structuralSchema(specSchema)), description: sweepSchema.shape.spec.description },
  status: sweepStatusSchema,
  columns: [
    { name: 'Algorithm', type: 'string', jsonPath: '.spec.searchAlgorithm.name', description: 'How assignments are chosen.' },
    { name: 'Best', type: 'number', jsonPath: '.status.best', description: 'The first objective of the best trial so far.' },
    { name: 'Done', type: 'string', jsonPath: '.status.progress', description: 'Trials that are done, of all that may be started.' },
    { name: 'Running', type: 'integer', jsonPath: '.status.trials.running', description: 'Trials that have a slot now.' },
    { name: 'GPU-hours', type: 'number', jsonPath: '.status.gpuHours', description: 'What the search has spent.' },
    { name: 'State', type: 'string', jsonPath: '.status.state', description: 'The conditions in one word.' },
    ageColumn,
    { name: 'Study', type: 'string', jsonPath: '.spec.study', description: 'The series of sweeps that it belongs to.', isWide: true },
    { name: 'Metric', type: 'string', jsonPath: '.spec.objectives[0].metric', description: 'The first objective.', isWide: true },
    { name: 'Pruner', type: 'string', jsonPath: '.spec.pruneAlgorithm.name', description: 'When trials end early.', isWide: true },
    {
      name: 'Waiting',
      type: 'integer',
      jsonPath: '.status.trials.waiting',
      description: 'Paused trials that may be promoted.',
      isWide: true,
    },
    { name: 'Failed', type: 'integer', jsonPath: '.status.trials.failed', description: 'Trials that have failed.', isWide: true },
    { name: 'Results', type: 'string', jsonPath: '.status.resultsUri', description: 'Its folder in S3.', isWide: true },
  ],
  scale: { spec: 'parallelTrials', status: 'trials.running' },
});
