import type { MethodSettings } from '../../study/methods/methods.ts';
import { wordTable } from '../encoder/forward.ts';
import type { Parameter } from '../encoder/parameters.ts';
import type { Differentiated, Gradient } from '../engine/graph.ts';
import {
  add,
  concatenate,
  divide,
  multiply,
  reshape,
  root,
  slice,
  square,
  subtract,
  sumOfFirst,
  sumOfLast,
  zerosLike,
} from '../kernels/arithmetic.ts';
import { normal } from '../kernels/dropout.ts';
import { type Handle, inScope, scoped, upload } from '../kernels/handle.ts';
import { constant } from '../kernels/operation.ts';
import { globalNorm, halfSquaredNorms } from '../optimizer/clip.ts';
import type { Held } from './held.ts';
import { linearMatrices, type Matrix, masked, mixedWith } from './matrices.ts';
import type { Lens, Method, RunFacts, StepScope } from './method.ts';
import { methodNoise } from './noise.ts';
import { shiftedBy } from './shifted.ts';

/** A matrix that is mixed, or several side by side. */
interface Mixed {
  readonly matrix: Matrix;
  readonly parameter: Parameter;
  /** Where its numbers begin in the one vector of all: one for each input, then one for each output. */
  readonly first: number;
}

type Shifts = ReadonlyMap<string, Handle>;
const unshifted: Shifts = new Map();

/** How far weights are moved for a difference that stands for a derivative: as DARTS does. */
const moved = 0.01;

/**
 * The encoder's matrices are seen mixed with the pre-trained ones, `w' = α⊙w + (1 - α)⊙w0` with `α = a1 · a2ᵀ` of each matrix. Weights learn on most of the
 * texts and α on the others: by its gradient there and, to second order, by what it changes about the step of the weights, which is a difference of
 * gradients. Source: Somayajula et al., NAACL 2024, arXiv:2403.12918, section 3; the difference is that of DARTS, Liu et al., ICLR 2019,
 * arXiv:1806.09055, section 2.3. In the authors' code (blo.py) the pre-trained weights have `(1 - a1)(1 - a2)ᵀ` in place of `1 - α`.
 */
export function weightMixup(settings: MethodSettings['weightMixup'], facts: RunFacts): Method {
  const { parameters, rateOf, horizon, seed } = facts;
  const until = horizon - Math.floor(settings.fixedShare * horizon);
  const all = mixedOf(parameters.filter((parameter) => parameter.layer !== 'head' && rateOf(parameter) !== undefined));
  if (all.length === 0) return {}; // the head has no pre-trained weights
  const byName = new Map(all.map((each) => [each.parameter.name, each]));

  return {
    aside: { share: settings.asideShare, until },
    open({ held, weight, initial }) {
      const alphaOf = (of: Mixed): Handle => multiply(...vectorsOf(of, held));
      const lensAt =
        (shifts: Shifts): Lens =>
        (graph, weights, name) => {
          const now = shiftedBy(shifts)(graph, weights, name);
          const of = byName.get(name);
          return of === undefined ? now : mixedWith(graph, now, initial(of.parameter), alphaOf(of), of.matrix, 0, 'whole');
        };
      /** Gradients of the weights, from those of what stands in their place. */
      const ofWeights = ({ gradients }: Differentiated, trained: readonly Parameter[]): readonly Gradient[] =>
        gradients.map((gradient, index) => {
          const of = byName.get(trained[index]!.name); // in the same order
          return of === undefined ? gradient : { of: masked(gradient.of, alphaOf(of), of.matrix) };
        });
      /** Gradient of the vector of all, from the same. */
      const ofAlpha = ({ gradients }: Differentiated, trained: readonly Parameter[], shifts: Shifts): Handle => {
        const byParameter = new Map(gradients.map((gradient, index) => [trained[index], gradient.of]));
        const parts = all.flatMap((of) => {
          const { parameter, matrix } = of;
          const shift = shifts.get(parameter.name);
          const now = shift === undefined ? weight(parameter.name) : add(weight(parameter.name), shift);
          const product = multiply(byParameter.get(parameter)!, subtract(now, initial(parameter))); // all of them are trained
          const apart = reshape(product, ...matrix.shape);
          const [inputs, outputs] = vectorsOf(of, held);
          return [sumOfLast(multiply(apart, outputs)), sumOfFirst(multiply(apart, inputs))];
        });
        return concatenate(
          parts.map((part) =>
            reshape(
              part,
              part.shape.reduce((size, each) => size * each, 1),
            ),
          ),
        );
      };

      /** Of the loss on the texts set aside. */
      const slope = ({ share, trained }: StepScope, look: NonNullable<StepScope['look']>): Handle => {
        const beside = look('aside', lensAt(unshifted));
        const direct = ofAlpha(beside, trained, unshifted);
        if (settings.order === 'first') return direct;
        const moves = ofWeights(beside, trained).flatMap((gradient, index) => {
          const parameter = trained[index]!; // in the same order
          if (parameter.name === wordTable) return []; // the texts of the step have other rows
          return [[parameter.name, multiply(gradient.of, scalar(share * rateOf(parameter)!))] as const]; // what is trained has a rate
        });
        const length = globalNorm(halfSquaredNorms(moves.map(([, move]) => move)));
        const slopeAt = (distance: number): Handle => {
          const factor = divide(constant(distance), add(length, constant(1e-12)));
          const shifts = new Map(moves.map(([name, move]) => [name, multiply(move, factor)]));
          return ofAlpha(look('step', lensAt(shifts)), trained, shifts);
        };
        const change = multiply(subtract(slopeAt(moved), slopeAt(-moved)), divide(length, constant(2 * moved)));
        return subtract(direct, change);
      };

      return {
        async survey() {
          const draw = (length: number, place: number) =>
            add(constant(1), multiply(normal([length], methodNoise(seed, 0, place, 0).seed), scalar(settings.deviation)));
          inScope(() => {
            const alpha = concatenate(all.flatMap(({ matrix }) => lengthsOf(matrix)).map(draw));
            held.set('alpha', alpha);
            for (const name of ['mean', 'square']) held.set(name, zerosLike(alpha));
          });
        },
        differentiate(scope) {
          const { step, trained, evaluate, look } = scope;
          if (look !== undefined) {
            const rate = settings.learningRate * 0.5 * (1 + Math.cos((Math.PI * step) / until));
            adam(
              held,
              scoped(() => slope(scope, look)),
              step + 1,
              rate,
            );
          }
          const found = evaluate(lensAt(unshifted));
          return { loss: found.loss, gradients: ofWeights(found, trained) };
        },
        evaluated(parameter) {
          const [of, now] = [byName.get(parameter.name), weight(parameter.name)];
          if (of === undefined) return now;
          const before = initial(parameter);
          return add(before, masked(subtract(now, before), alphaOf(of), of.matrix));
        },
      };
    },
  };
}

function mixedOf(parameters: readonly Parameter[]): readonly Mixed[] {
  const parameterOf = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  let first = 0;
  return linearMatrices(parameters).map((matrix) => {
    const own = { matrix, parameter: parameterOf.get(matrix.name)!, first }; // made of these
    first += lengthsOf(matrix).reduce((sum, length) => sum + length, 0);
    return own;
  });
}

/** Numbers for the inputs, and for the outputs. */
const lengthsOf = ({ shape: [inputs, parts, outputs] }: Matrix): readonly [number, number] => [inputs * parts, parts * outputs];

/** (inputs, matrices side by side, 1) and (1, matrices side by side, outputs). */
function vectorsOf({ matrix, first }: Mixed, held: Held): readonly [Handle, Handle] {
  const [inputs, parts, outputs] = matrix.shape;
  const [ofInputs, ofOutputs] = lengthsOf(matrix);
  const alpha = held.get('alpha')!; // the survey made it
  return [
    reshape(slice(alpha, [first], [ofInputs]), inputs, parts, 1),
    reshape(slice(alpha, [first + ofInputs], [ofOutputs]), 1, parts, outputs),
  ];
}

/** A step of Adam on what is held, without decay. Source: Kingma, Ba, ICLR 2015, arXiv:1412.6980. @param count - from 1 */
function adam(held: Held, gradient: Handle, count: number, rate: number): void {
  const [beta1, beta2] = [0.9, 0.999];
  const moving = (name: string, value: Handle, beta: number): Handle => {
    const mean = add(multiply(held.get(name)!, scalar(beta)), multiply(value, scalar(1 - beta))); // the survey made it
    held.set(name, mean);
    return divide(mean, scalar(1 - beta ** count));
  };
  const [mean, spread] = [moving('mean', gradient, beta1), moving('square', square(gradient), beta2)];
  const step = multiply(divide(mean, add(root(spread), constant(1e-8))), scalar(rate));
  held.set('alpha', subtract(held.get('alpha')!, step));
}

const scalar = (value: number): Handle => upload(Float32Array.of(value), []);
