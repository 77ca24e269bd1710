import { valueAt } from '../../study/methods/by-layer.ts';
import type { MethodSettings } from '../../study/methods/methods.ts';
import { add, divide, exp, larger, multiply, reshape, square } from '../kernels/arithmetic.ts';
import type { Handle } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';
import type { Held } from './held.ts';
import { columnMask, largest, linearMatrices, type Matrix, masked, mixedWith, sizeOf } from './matrices.ts';
import type { Lens, Method, Opening, RunFacts, StepScope } from './method.ts';
import { methodNoise } from './noise.ts';

/** Where a step stands in the stages. */
interface Stage {
  readonly kind: 'estimate' | 'select';
  readonly isFirstStep: boolean;
}

/** How `mix` sees a matrix in a step. */
interface View {
  readonly other: Handle;
  readonly mask: Handle;
}

/** From so many steps in a stage on, `mix` trusts numbers less that were estimated more often. */
const longStage = 50;

/**
 * Dynamic Parameter Selection. Stages alternate: in one every number learns, and its importance, the sum of its squared gradients, is
 * estimated; in the next only the most important share of each matrix does. `mix` shows the matrices as mixout does: mixed with the pre-trained
 * ones while it estimates, and with those at the start of the stage while it selects. Source: Zhang et al., NeurIPS 2022, arXiv:2211.01642, and
 * ZhangHaojie077/DPS, whose flag `reserve_p` is the share that does not learn; `reserve` is the one that does. A stage follows from the steps of
 * the whole run and has one at least: the authors' script for few examples takes those of an epoch, and divides by zero when they are few.
 */
export function dps({ variant, reserve, updateRatio }: MethodSettings['dps'], { horizon, seed }: RunFacts): Method {
  const stageSteps = Math.max(1, Math.floor(horizon * updateRatio));
  const reserveOf = ({ layer }: Matrix): number => valueAt(reserve, layer);
  const rateOf = (matrix: Matrix): number => 1 - reserveOf(matrix);
  const stageAt = (step: number): Stage => ({
    kind: Math.floor(step / stageSteps) % 2 === 0 ? 'estimate' : 'select',
    isFirstStep: step % stageSteps === 0,
  });
  return {
    open(opening) {
      const matrices = linearMatrices(opening.trained);
      return {
        differentiate(scope) {
          const stage = stageAt(scope.step);
          if (stage.kind === 'select' && stage.isFirstStep) for (const matrix of matrices) select(matrix, opening.held);
          return variant === 'dense' ? dense(scope, stage, matrices, opening.held) : mix(scope, stage, matrices, opening);
        },
      };
    },
  };

  function dense({ trained, evaluate }: StepScope, stage: Stage, matrices: readonly Matrix[], held: Held) {
    const { loss, gradients } = evaluate();
    const byName = new Map(matrices.map((matrix) => [matrix.name, matrix]));
    const chosen = gradients.map((gradient, index) => {
      const matrix = byName.get(trained[index]!.name); // in the same order
      if (matrix === undefined) return gradient;
      if (stage.kind === 'select') return { of: masked(gradient.of, held.get(names.mask(matrix))!, matrix) }; // it was selected
      count(matrix, gradient.of, stage, held);
      return gradient;
    });
    return { loss, gradients: chosen };
  }

  function mix({ step, trained, evaluate }: StepScope, stage: Stage, matrices: readonly Matrix[], opening: Opening) {
    const { held } = opening;
    const byName = new Map(opening.trained.map((parameter) => [parameter.name, parameter]));
    const viewOf = (matrix: Matrix, place: number): View => {
      if (stage.kind === 'estimate') {
        const mask = columnMask(matrix, methodNoise(seed, step, place, rateOf(matrix)));
        return { other: opening.initial(byName.get(matrix.name)!), mask }; // made of these parameters
      }
      if (stage.isFirstStep) held.set(names.anchor(matrix), opening.weight(matrix.name));
      return { other: held.get(names.anchor(matrix))!, mask: held.get(names.mask(matrix))! }; // the stage's first step made them
    };
    const views = new Map(matrices.map((matrix, place) => [matrix.name, { matrix, ...viewOf(matrix, place) }]));
    const lens: Lens = (graph, weights, name) => {
      const view = views.get(name);
      if (view === undefined) return weights(name);
      return mixedWith(graph, weights(name), view.other, view.mask, view.matrix, rateOf(view.matrix), 'whole');
    };

    const { loss, gradients } = evaluate(lens);
    const chosen = gradients.map((gradient, index) => {
      const view = views.get(trained[index]!.name); // in the same order
      if (view === undefined) return gradient;
      const of = masked(gradient.of, view.mask, view.matrix);
      if (stage.kind === 'estimate') count(view.matrix, of, stage, held, view.mask);
      return { of };
    });
    return { loss, gradients: chosen };
  }

  /** @param seen - which numbers took part, if not all */
  function count(matrix: Matrix, gradient: Handle, { isFirstStep }: Stage, held: Held, seen?: Handle): void {
    const added = (name: string, value: Handle) => held.set(name, isFirstStep ? value : add(held.get(name)!, value)); // the first step made it
    added(names.importance(matrix), square(gradient)); // the authors' thousandth changes no rank
    if (seen !== undefined) added(names.times(matrix), seen);
  }

  function select(matrix: Matrix, held: Held): void {
    const importance = held.get(names.importance(matrix))!; // every stage before has estimated it
    const times = held.get(names.times(matrix));
    const score = times === undefined ? importance : perTime(importance, times, matrix);
    held.set(names.mask(matrix), largest(score, matrix, Math.ceil(sizeOf(matrix) * reserveOf(matrix))));
    held.delete(names.importance(matrix));
    held.delete(names.times(matrix));
  }

  function perTime(importance: Handle, times: Handle, { shape }: Matrix): Handle {
    const often = larger(times, constant(1));
    const mean = divide(reshape(importance, ...shape), often);
    const trusted = stageSteps < longStage ? mean : multiply(mean, exp(multiply(often, constant(-1 / stageSteps))));
    return reshape(trusted, ...importance.shape);
  }
}

/** Of what is held. */
const names = {
  importance: ({ name }: Matrix) => `importance.${name}`,
  times: ({ name }: Matrix) => `times.${name}`,
  mask: ({ name }: Matrix) => `mask.${name}`,
  anchor: ({ name }: Matrix) => `anchor.${name}`,
} as const;
