import { enqueuedTrials } from './baselines.ts';
import { layerConfigurationOf } from './layers.ts';
import type { ModelShape } from './layerwise.ts';
import type { Origin, SweepLog } from './log.ts';
import { samplerOf } from './samplers/sampler-of.ts';
import { searchSpaceOf } from './space.ts';
import type { Sweep } from './spec.ts';
import { withTied } from './tied.ts';
import type { Assignment, LayerConfiguration } from './trial.ts';

/** What a new trial is to try. */
export interface Suggestion {
  readonly origin: Origin;
  readonly assignment: Assignment;
  readonly layers?: LayerConfiguration;
}

/**
 * The configuration of a search trial: a baseline while there are any, then the enqueued assignments, else what the sampler makes of the whole log.
 * @param trial - its number, from 0
 * @returns undefined when the sampler has nothing left to try
 */
export function suggestionOf(sweep: Sweep, model: ModelShape | undefined, trial: number, log: SweepLog): Suggestion | undefined {
  const baseline = enqueuedTrials(sweep, model)[trial];
  if (baseline !== undefined) {
    const { name, ...configuration } = baseline;
    return { origin: { by: 'enqueued', name }, ...configuration };
  }
  const { parameters, constraints, searchAlgorithm, objectives, enqueue, enqueueAssignments } = sweep.spec;
  const configured = (searched: Assignment): Omit<Suggestion, 'origin'> => {
    const assignment = withTied(parameters, searched);
    const layers = layerConfigurationOf(parameters, assignment, model);
    return { assignment, ...(layers && { layers }) };
  };
  const enqueued = enqueueAssignments[trial - enqueue.length];
  if (enqueued !== undefined) {
    const { assignment, ...provenance } = enqueued;
    return { origin: { by: 'assigned', ...provenance }, ...configured(assignment) };
  }
  const proposal = samplerOf(searchAlgorithm, { objectives })(searchSpaceOf(parameters, model, constraints), log);
  if (proposal === undefined) return undefined;
  const { assignment, ...told } = proposal;
  return { origin: { by: 'sampler', seen: log.length, ...told }, ...configured(assignment) };
}
