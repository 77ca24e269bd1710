import { standardNormal } from '../normal.ts';
import { type RandomStream, seededStream } from '../random.ts';
import type { Configuration, SimulatedObjective } from './simulated-objective.ts';

/** Where the best configuration of a task lies. All but `ramp` have nothing to do with the families of the layerwise schemes. */
export const layerFreezeKinds = ['ramp', 'random', 'single', 'mask'] as const;
export type LayerFreezeKind = (typeof layerFreezeKinds)[number];

/** One instance of the task. Plain data, so that a program in another language can stage the very same. */
export interface LayerFreezeTask {
  readonly kind: LayerFreezeKind;
  /** Best learning rate of each layer, bottom to top; 0 is `leastRate`, 1 is `mostRate`, on a log scale. */
  readonly optimum: readonly number[];
  /** How much each layer matters; sums to 1. */
  readonly weights: readonly number[];
  /**
   * How many layers are best frozen from the bottom; what rates those have that are does not matter. Null (`mask`): no
   * depth is best as such, and a frozen layer is as good as one at the least rate, wherever it stands.
   */
  readonly bestPrefix: number | null;
}

export const leastRate = 1e-6;
export const mostRate = 1e-3;
/** Epochs of a whole trial. A step of the simulation is an epoch, and takes a minute when nothing is frozen. */
export const horizon = 27;
export const metric = 'eval/loss';
const layerCount = 12;
const noise = 0.006;
const secondsPerEpoch = 60;

/**
 * A made-up task about freezing and learning rates per layer, with learning curves: what a search of layer configurations
 * is compared on. It is ours, and its `ramp` favours spaces in which rates rise evenly with depth.
 * - `ramp`: best rates rise with depth, with some jitter; a prefix of 2 to 7 layers is best frozen
 * - `random`: best rates have nothing to do with their neighbours'
 * - `single`: one of the upper layers carries 90 % of the weight
 * - `mask`: about half of the layers, wherever they stand, are best left alone
 */
export function layerFreezeTask(kind: LayerFreezeKind, seed: number): LayerFreezeTask {
  const random = seededStream(seed, layerFreezeKinds.indexOf(kind));
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const perLayer = (value: (layer: number) => number): readonly number[] => Array.from({ length: layerCount }, (_, layer) => value(layer));
  const ramp = (layer: number): number => clipped(0.35 + (0.4 * layer) / (layerCount - 1) + 0.08 * standardNormal(random), 0.05, 0.95);
  switch (kind) {
    case 'ramp':
      return { kind, optimum: perLayer(ramp), weights: dirichlet(random), bestPrefix: 2 + random.int(6) };
    case 'random':
      return { kind, optimum: perLayer(() => between(0.1, 0.9)), weights: dirichlet(random), bestPrefix: 2 + random.int(6) };
    case 'single': {
      const carrier = 4 + random.int(layerCount - 4);
      const weights = perLayer((layer) => (layer === carrier ? 0.9 : 0.1 / (layerCount - 1)));
      return { kind, optimum: perLayer(() => between(0.1, 0.9)), weights, bestPrefix: random.int(carrier + 1) };
    }
    case 'mask':
      return {
        kind,
        optimum: perLayer((layer) => (random.uniform() < 0.5 ? 0 : ramp(layer))),
        weights: dirichlet(random),
        bestPrefix: null,
      };
  }
}

/** Training of the task by a model with 12 encoder layers; what embeddings and head do makes no difference. */
export function layerFreezeObjective(task: LayerFreezeTask): SimulatedObjective {
  return {
    metricsAt: (configuration, epoch, random) => ({
      [metric]: lossAt(task, positionsOf(configuration), epoch) + noise * standardNormal(random),
    }),
    secondsPerStep: (configuration) => secondsPerEpoch * (1 - (0.6 * prefixOf(positionsOf(configuration))) / layerCount),
  };
}

/** What a configuration loses against the best one there is, in true loss after a whole trial. */
export function layerFreezeRegret(task: LayerFreezeTask, configuration: Configuration): number {
  const best = task.optimum.map((rate, layer) => (layer < (task.bestPrefix ?? 0) ? frozen : rate));
  return trueLoss(task, configuration) - lossAt(task, best, horizon);
}

/** Loss after a whole trial, without the noise of a report. */
export function trueLoss(task: LayerFreezeTask, configuration: Configuration): number {
  return lossAt(task, positionsOf(configuration), horizon);
}

/** Rates from the bottom on the scale of `optimum`. */
type Positions = readonly (number | typeof frozen)[];
const frozen = 'frozen';

/** The learning curve without its noise: the better the configuration, the faster it falls and the lower it ends. */
function lossAt(task: LayerFreezeTask, positions: Positions, epoch: number): number {
  const prefix = prefixOf(positions);
  const cost = costOf(task, positions, prefix);
  const speed = 0.35 + 0.9 * Math.exp(-3 * cost) + 0.02 * prefix;
  return 0.25 + 0.5 * cost + 0.9 * Math.exp(-speed * epoch ** 0.8);
}

function costOf({ optimum, weights, bestPrefix }: LayerFreezeTask, positions: Positions, prefix: number): number {
  const mismatches = positions.map((position, layer) => {
    const distance = (position === frozen ? 0 : position) - optimum[layer]!;
    return weights[layer]! * Math.min(6 * distance ** 2, 1.5);
  });
  if (bestPrefix === null) return sum(mismatches);
  return sum(mismatches.slice(prefix)) + 0.02 * Math.abs(prefix - bestPrefix) + 0.015 * Math.max(0, prefix - bestPrefix) ** 1.3;
}

/** @throws {RangeError} if the configuration is not one of a model with 12 encoder layers, each frozen or learning as a whole */
function positionsOf({ layers = [] }: Configuration): Positions {
  const encoder = layers.slice(1, -1); // between embeddings and head
  if (encoder.length !== layerCount) throw new RangeError(`the model must have ${layerCount} encoder layers, got ${encoder.length}`);
  return encoder.map((layer) => {
    if (layer.mode === frozen) return frozen;
    if (layer.mode !== 'full') throw new RangeError(`layer ${layer.name} must be frozen or full, got ${layer.mode}`);
    return Math.log(layer.learningRate / leastRate) / Math.log(mostRate / leastRate);
  });
}

function prefixOf(positions: Positions): number {
  const trained = positions.findIndex((position) => position !== frozen);
  return trained === -1 ? positions.length : trained;
}

/** Symmetric, with both parameters 2: as many gamma draws, each the sum of two exponential ones, over their total. */
function dirichlet(random: RandomStream): readonly number[] {
  const draws = Array.from({ length: layerCount }, () => -Math.log((1 - random.uniform()) * (1 - random.uniform())));
  return draws.map((draw) => draw / sum(draws));
}

const clipped = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
