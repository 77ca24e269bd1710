/** What a layer configuration means for the weights. */
import type { Assignment, LayerConfiguration } from '../study/trial.ts';
import { badConfiguration } from './refusal.ts';

/** Learning rate of each trained layer, by name; frozen layers are absent. */
export type Rates = ReadonlyMap<string, number>;

/**
 * @param layers - of the trial; when it has none, all layers are trained at `learningRate`, the head at `headLearningRate` if there is one
 * @param names - the model's layers, bottom to top
 * @throws {Refusal} if it does not fit the model, or trains nothing
 */
export function ratesOf(layers: LayerConfiguration | undefined, assignment: Assignment, names: readonly string[]): Rates {
  if (layers === undefined) return evenRates(assignment, names);
  const got = layers.map(({ name }) => name);
  if (got.join() !== names.join()) {
    throw badConfiguration('layers', `${names.join(', ')}: those of the model, bottom to top`, got.join(', '));
  }
  const trained = layers.flatMap((layer, index) => {
    if (layer.mode === 'frozen') return [];
    return [[layer.name, checkedRate(`layers[${index}].learningRate`, layer.learningRate)] as const];
  });
  if (trained.length === 0) throw badConfiguration('layers', 'trained somewhere', 'all frozen');
  return new Map(trained);
}

function evenRates(assignment: Assignment, names: readonly string[]): Rates {
  const rate = checkedRate('assignment.learningRate', assignment.learningRate);
  const head = checkedRate('assignment.headLearningRate', assignment.headLearningRate ?? rate);
  return new Map(names.map((name) => [name, name === 'head' ? head : rate]));
}

function checkedRate(path: string, rate: unknown): number {
  if (typeof rate !== 'number' || !(rate > 0) || !Number.isFinite(rate)) throw badConfiguration(path, 'above 0', rate);
  return rate;
}
