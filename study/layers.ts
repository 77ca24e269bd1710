import { encoderLayers, layerwiseName, type ModelShape } from './layerwise.ts';
import type { Parameter } from './spec/parameter-schema.ts';
import type { Assignment, LayerConfiguration, LayerSetting } from './trial.ts';

/**
 * What an assignment means for each layer, bottom to top: embeddings, 0 … L-1, head. Without a layerwise parameter
 * nothing is frozen and all layers share `learningRate`. The head always learns: at `headLearningRate`, else at the rate
 * of the top layer.
 * @param parameters - of a checked sweep
 * @param model - undefined when a foreign trainer's model is not known
 * @returns undefined when there is nothing to say about layers: no layerwise parameter, and no `learningRate` or no model
 * @throws {RangeError} if a layerwise parameter lacks one of its values, or its model
 */
export function layerConfigurationOf(
  parameters: readonly Parameter[],
  assignment: Assignment,
  model: ModelShape | undefined,
): LayerConfiguration | undefined {
  const layerwise = parameters.find(({ searchSpace }) => searchSpace.layerwise !== undefined);
  if (layerwise === undefined && (assignment.learningRate === undefined || model === undefined)) return undefined;
  if (model === undefined) throw new RangeError(`parameter ${layerwise?.name}: the number of the model's layers must be known`);

  const top = layerwise === undefined ? 'learningRate' : layerwiseName.learningRate(layerwise.name);
  const rates = layerwise === undefined ? evenRates(numberIn(assignment, top), model) : layerwiseRates(layerwise, assignment, model);
  const head = numberIn(assignment, assignment.headLearningRate === undefined ? top : 'headLearningRate');
  return [...encoderLayers(model).map((name, step) => settingOf(name, rates[step]!)), settingOf('head', head)];
}

/** Learning rates from the embeddings upwards, L+1 in all; 0 is frozen. */
type Rates = readonly number[];

const evenRates = (rate: number, { layers }: ModelShape): Rates => Array<number>(layers + 1).fill(rate);

function layerwiseRates({ name, searchSpace }: Parameter, assignment: Assignment, model: ModelShape): Rates {
  const value = (field: string) => numberIn(assignment, field);
  switch (searchSpace.layerwise!.scheme) {
    case 'prefix':
      return withPrefixFrozen(value(layerwiseName.frozenPrefix(name)), evenRates(value(layerwiseName.learningRate(name)), model));
    case 'prefixDecay': {
      const decaying = decayingRates(value(layerwiseName.learningRate(name)), value(layerwiseName.decay(name)), model);
      return withPrefixFrozen(value(layerwiseName.frozenPrefix(name)), decaying);
    }
    case 'perLayer': {
      const prefix = searchSpace.layerwise!.frozenPrefix === undefined ? 0 : value(layerwiseName.frozenPrefix(name));
      return withPrefixFrozen(
        prefix,
        encoderLayers(model).map((layer) => value(layerwiseName.layer(name, layer))),
      );
    }
  }
}

/**
 * Layer-wise learning-rate decay: rate · decay^(L-1-l) for layer l, and one step more for the embeddings.
 * @see Zhang et al., Revisiting few-sample BERT fine-tuning, ICLR 2021, arXiv:2006.05987
 */
function decayingRates(rate: number, decay: number, { layers }: ModelShape): Rates {
  return Array.from({ length: layers + 1 }, (_, step) => rate * decay ** (layers - step));
}

/** A prefix of k > 0 is the embeddings and layers 0 … k-1; a prefix of 0 freezes nothing, the embeddings neither. */
function withPrefixFrozen(prefix: number, rates: Rates): Rates {
  return rates.map((rate, step) => (prefix > 0 && step <= prefix ? 0 : rate));
}

function settingOf(name: string, learningRate: number): LayerSetting {
  return learningRate === 0 ? { name, mode: 'frozen' } : { name, mode: 'full', learningRate };
}

function numberIn(assignment: Assignment, name: string): number {
  const value = assignment[name];
  if (typeof value !== 'number') throw new RangeError(`assignment: ${name} must be a number, got ${JSON.stringify(value) ?? 'nothing'}`);
  return value;
}
