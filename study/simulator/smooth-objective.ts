import { isActive, type SearchSpace } from '../dimension.ts';
import { placeIn } from '../domain.ts';
import { standardNormal } from '../normal.ts';
import { valueOfLoss } from '../objective.ts';
import { seededStream } from '../random.ts';
import type { LayerConfiguration, Objective } from '../trial.ts';
import type { Configuration, SimulatedObjective } from './simulated-objective.ts';

export interface SmoothObjectiveSettings {
  readonly space: SearchSpace;
  readonly objectives: readonly Objective[];
  /** Optimizer steps of a whole trial. */
  readonly horizon: number;
  /** Of a step that trains every layer. */
  readonly secondsPerStep: number;
  readonly seed: number;
}

/**
 * A stand-in for the training of any sweep's trials, when nothing is known of them: somewhere in the space a best point
 * lies, losses rise with the distance from it, and curves fall faster the nearer they are. All objectives get the same loss.
 */
export function smoothObjective({ space, objectives, horizon, secondsPerStep, seed }: SmoothObjectiveSettings): SimulatedObjective {
  const random = seededStream(seed, bestPointStream);
  const best = new Map(space.map(({ name }) => [name, random.uniform()]));
  const distanceOf = ({ assignment }: Configuration): number => {
    const used = space.filter((dimension) => isActive(dimension, assignment) && assignment[dimension.name] !== undefined);
    const squares = used.map(({ name, domain }) => {
      const { low, high } = placeIn(domain, assignment[name]!);
      return ((low + high) / 2 - best.get(name)!) ** 2;
    });
    return squares.length === 0 ? 1 : squares.reduce((sum, square) => sum + square, 0) / squares.length;
  };
  return {
    metricsAt: (configuration, step, noise) => {
      const distance = distanceOf(configuration);
      const curve = Math.exp((-5 * (1 - distance / 2) * step) / horizon);
      const loss = distance + curve + 0.01 * standardNormal(noise);
      return Object.fromEntries(objectives.map(({ metric, direction }) => [metric, valueOfLoss(loss, direction)]));
    },
    secondsPerStep: ({ layers }) => secondsPerStep * (1 - savedByPrefix * frozenShare(layers)),
  };
}

/** Far from the streams that samplers count from 0. */
const bestPointStream = 2 ** 41;
/** Layers below the lowest one that learns need no backward pass, which is two thirds of the work. */
const savedByPrefix = 2 / 3;

/** Of the encoder's layers those that stand below the lowest one that learns. */
function frozenShare(layers: LayerConfiguration | undefined): number {
  if (layers === undefined) return 0;
  const encoder = layers.slice(1, -1); // between embeddings and head
  const lowest = encoder.findIndex(({ mode }) => mode !== 'frozen');
  if (encoder.length === 0) return 0;
  return lowest === -1 ? 1 : lowest / encoder.length;
}
