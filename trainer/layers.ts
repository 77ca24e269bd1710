/** What a layer configuration means for the weights. */
import type { Assignment, LayerConfiguration, LayerSetting } from '../study/trial.ts';
import type { Parameter } from './encoder/parameters.ts';
import { badConfiguration } from './refusal.ts';

/** Peak learning rate of a parameter; undefined for one that stays as it is. */
export type RateOf<Of = Pick<Parameter, 'layer' | 'part' | 'kind'>> = (parameter: Of) => number | undefined;

export interface TrainingPlan {
  readonly rateOf: RateOf;
  /** Layers that begin at new random values though the model has others. */
  readonly reinitialised: ReadonlySet<string>;
}

/**
 * @param layers - of the trial; when it has none, all layers are trained at `learningRate`, the head at `headLearningRate` if there is one
 * @param names - the model's layers, bottom to top
 * @throws {Refusal} if it does not fit the model, asks for what this trainer does not do, or trains nothing
 */
export function trainingPlan(layers: LayerConfiguration | undefined, assignment: Assignment, names: readonly string[]): TrainingPlan {
  if (layers === undefined) return { rateOf: evenRates(assignment), reinitialised: new Set() };
  const got = layers.map(({ name }) => name);
  if (got.join() !== names.join()) {
    throw badConfiguration('layers', `${names.join(', ')}: those of the model, bottom to top`, got.join(', '));
  }
  if (layers.every(({ mode }) => mode === 'frozen')) throw badConfiguration('layers', 'trained somewhere', 'all frozen');
  const rates = new Map(layers.map((layer, index) => [layer.name, ratesWithin(layer, `layers[${index}]`)]));
  return {
    rateOf: (parameter) => rates.get(parameter.layer)!(parameter), // the model's names are those of the configuration
    reinitialised: new Set(layers.flatMap((layer) => (layer.mode === 'full' && layer.reinitialise ? [layer.name] : []))),
  };
}

function ratesWithin(layer: LayerSetting, path: string): RateOf {
  switch (layer.mode) {
    case 'frozen':
      return () => undefined;
    case 'full':
    case 'lora': {
      // which weights learn in a lora layer is the method's to say
      const rate = checkedRate(`${path}.learningRate`, layer.learningRate);
      return () => rate;
    }
    case 'bias': {
      const rate = checkedRate(`${path}.learningRate`, layer.learningRate);
      return ({ kind }) => (kind === 'bias' ? rate : undefined);
    }
    case 'mixed': {
      const rates = new Map(
        layer.parts.flatMap((part, index) =>
          part.mode === 'frozen' ? [] : [[part.name, checkedRate(`${path}.parts[${index}].learningRate`, part.learningRate)]],
        ),
      );
      return ({ part }) => part && rates.get(part);
    }
  }
}

function evenRates(assignment: Assignment): RateOf {
  const rate = checkedRate('assignment.learningRate', assignment.learningRate);
  const head = checkedRate('assignment.headLearningRate', assignment.headLearningRate ?? rate);
  return ({ layer }) => (layer === 'head' ? head : rate);
}

function checkedRate(path: string, rate: unknown): number {
  if (typeof rate !== 'number' || !(rate > 0) || !Number.isFinite(rate)) throw badConfiguration(path, 'above 0', rate);
  return rate;
}
