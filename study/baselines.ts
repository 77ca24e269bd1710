import { type Dimension, type Domain, isActive } from './dimension.ts';
import { clipped, fromUnit, levelsOf } from './domain.ts';
import { evenConfiguration } from './layers.ts';
import type { Scheme, Setting } from './layerwise/scheme.ts';
import { schemeOf } from './layerwise/schemes.ts';
import { layerwiseName, type ModelShape } from './layerwise.ts';
import { contains, searchSpaceOf } from './space.ts';
import type { Layerwise } from './spec/layerwise-schema.ts';
import type { Sweep } from './spec.ts';
import { withTied } from './tied.ts';
import type { Assignment, LayerConfiguration, Value } from './trial.ts';

/** A named trial that runs before the search begins. */
export interface EnqueuedTrial {
  readonly name: string;
  /** Inside the search space, its declared constraints aside; without the layerwise parameter's values when the space cannot express the baseline. */
  readonly assignment: Assignment;
  /** What the name promises, also where that lies outside the search space. */
  readonly layers: LayerConfiguration;
}

/**
 * Peak learning rate of each baseline, as far as the sweep's range allows. Full fine-tuning: about the middle of the
 * grid that the authors of the small BERTs search (3e-5 to 3e-4; Turc et al., arXiv:1908.08962). Head only: the middle
 * of the range in which a head on frozen features is usually searched (1e-4 to 1e-2); for sweeps without `headLearningRate`.
 */
const learningRates = { fullFineTuning: 1e-4, headOnly: 1e-3 };

/** The layer that `freezeOnly:<layer>` leaves out of training; undefined for the other baselines. */
export const layerFrozenBy = (baseline: string): string | undefined => /^freezeOnly:(.+)$/.exec(baseline)?.[1];

/**
 * The baselines that `spec.enqueue` names, in its order. Parameters that have nothing to do with layers take the middle
 * of their range (on its own scale) or their first choice; the method is full fine-tuning where the
 * search has it.
 * @throws {RangeError} if there are any and the model is not known
 */
export function enqueuedTrials({ spec }: Sweep, model: ModelShape | undefined): readonly EnqueuedTrial[] {
  return spec.enqueue.map((name) => {
    if (model === undefined) throw new RangeError(`baseline ${name}: the number of the model's layers must be known`);
    return enqueuedTrial(name, spec.parameters, model);
  });
}

function enqueuedTrial(name: string, parameters: Sweep['spec']['parameters'], model: ModelShape): EnqueuedTrial {
  const layerwise = parameters.find(({ searchSpace }) => searchSpace.layerwise !== undefined)!; // ! is safe: the spec's rules ask for one
  const others = searchSpaceOf(parameters.filter((parameter) => parameter !== layerwise)).reduce(withMiddle, {});
  const fields = layerwise.searchSpace.layerwise!;
  const rate = rateWithin(learningRates[name === 'headOnly' ? name : 'fullFineTuning'], fields);
  const wanted = { ...valuesOf(name, layerwise.name, schemeOf(fields, model), rate), ...others };
  const headRate = withTied(parameters, wanted).headLearningRate ?? rate;
  const setting: Setting = name === 'headOnly' ? { mode: 'frozen' } : { mode: 'full', learningRate: rate };
  const layers = evenConfiguration(setting, Number(headRate), model);
  const leftOut = layerFrozenBy(name);
  return {
    name,
    assignment: withTied(parameters, contains(searchSpaceOf(parameters, model), wanted) ? wanted : others),
    layers: layers.map((layer) => (layer.name === leftOut ? { name: layer.name, mode: 'frozen' } : layer)),
  };
}

function rateWithin(rate: number, { learningRate, modes }: Layerwise): number {
  const range = learningRate ?? modes?.full;
  return range === undefined ? rate : clipped(rate, range);
}

/** Nothing where the scheme cannot express the baseline. No scheme is asked for a single frozen layer, which hardly any has. */
function valuesOf(baseline: string, parameter: string, scheme: Scheme, rate: number): Assignment {
  if (layerFrozenBy(baseline) !== undefined) return {};
  const values = baseline === 'headOnly' ? scheme.frozen(rate) : scheme.evenly(rate);
  return Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [layerwiseName.part(parameter, name), value]));
}

function withMiddle(assignment: Assignment, dimension: Dimension): Assignment {
  return isActive(dimension, assignment) ? { ...assignment, [dimension.name]: plainest(dimension) } : assignment;
}

function plainest({ name, domain }: Dimension): Value {
  const isChoice = name === 'method' && domain.kind === 'categorical' && domain.choices.includes('full');
  return isChoice ? 'full' : middleOf(domain);
}

/** Where there are only so many values, the lower of two middles. */
function middleOf(domain: Domain): Value {
  if (domain.kind === 'categorical') return domain.choices[0]!; // not empty
  return fromUnit(domain, levelsOf(domain) === undefined ? 0.5 : justBelowHalf);
}

const justBelowHalf = 0.5 - 2 ** -53;
