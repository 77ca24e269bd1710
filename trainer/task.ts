/** What a model learns: to tell labels apart, or a number. */

import type { Kernel } from './kernels/kernel.ts';
import { crossEntropy, type LossSettings, squaredError } from './kernels/loss.ts';
import { classScores, crossEntropies, numberScores, squaredErrors } from './metrics.ts';

export interface Task {
  /** Numbers that the model gives for each text. */
  readonly outputs: number;
  readonly loss: Kernel<'outputs' | 'targets', LossSettings>;
  /** (texts, outputs) of what the model should give. */
  targets(truth: readonly number[]): Float32Array;
  /** Names of the scores. */
  readonly scoreNames: readonly string[];
  /** @param outputs - (texts, outputs), row-major */
  scores(outputs: Float32Array, truth: readonly number[]): Readonly<Record<string, number>>;
  /** Of each text. */
  losses(outputs: Float32Array, truth: readonly number[]): readonly number[];
}

/** The truth is the index of a label. */
export function classification(labels: number): Task {
  return {
    outputs: labels,
    loss: crossEntropy,
    targets(truth) {
      const rows = new Float32Array(truth.length * labels);
      for (const [row, label] of truth.entries()) rows[row * labels + label] = 1;
      return rows;
    },
    scoreNames: ['accuracy', 'macro_f1', 'mcc', 'loss'],
    scores: (outputs, truth) => ({ ...classScores(outputs, truth, labels) }),
    losses: (outputs, truth) => crossEntropies(outputs, truth, labels),
  };
}

/** The truth is a number. */
export const regression: Task = {
  outputs: 1,
  loss: squaredError,
  targets: (truth) => Float32Array.from(truth),
  scoreNames: ['pearson', 'spearman', 'loss'],
  scores: (outputs, truth) => ({ ...numberScores(outputs, truth) }),
  losses: squaredErrors,
};
