/**
 * AdamW with a learning rate per weight, done in place on the device. Source: Loshchilov and Hutter, ICLR 2019, arXiv:1711.05101; the
 * arithmetic is PyTorch's `torch.optim.AdamW`.
 */
import type { Parameter } from '../encoder/parameters.ts';
import type { Gradient } from '../engine/graph.ts';
import { indices, multiply, zerosLike } from '../kernels/arithmetic.ts';
import { type Handle, inScope, release, upload } from '../kernels/handle.ts';
import { boolAttribute, constant, floatType, intType, runInPlace } from '../kernels/operation.ts';
import { clipFactor, halfSquaredNorms } from './clip.ts';
import { createVariable, type Variable } from './variable.ts';

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export interface AdamWSettings {
  readonly weightDecay: number;
  /** Largest global norm of the gradients. */
  readonly clipNorm: number;
}

/** Weight, and the running means of its gradient and of the gradient's square; all of the parameter's shape. */
export interface Moments {
  readonly weight: Handle;
  readonly mean: Handle;
  readonly square: Handle;
}

export interface Trained extends Moments {
  readonly parameter: Parameter;
  readonly learningRate: number;
}

export interface Optimizer {
  /** The parameters that it trains, in the order of `trained`. */
  readonly parameters: readonly Parameter[];
  /** The weight as it is now. Release it before the next `step`: see `Variable`. */
  weight(name: string): Handle;
  /**
   * One step. Takes the gradients over.
   * @param count - number of this step, from 1
   * @param share - of each parameter's learning rate, from the schedule
   * @param gradients - in the order of `parameters`
   * @returns half the square of each gradient's norm, before clipping: (parameters). The caller's to release
   */
  step(count: number, share: number, gradients: readonly Gradient[]): Handle;
  /** As they are now. Release them before the next `step`. */
  moments(name: string): Moments;
  dispose(): void;
}

interface Slot {
  readonly parameter: Parameter;
  readonly learningRate: number;
  readonly weight: Variable;
  readonly mean: Variable;
  readonly square: Variable;
  /** All zeros between steps; filled with a batch's rows during one. Cheaper than a new table for every step. */
  sparse?: Variable;
}

/** Takes over the tensors of `trained`. */
export function adamW(trained: readonly Trained[], { weightDecay, clipNorm }: AdamWSettings): Optimizer {
  const slots = trained.map(createSlot);
  const byName = new Map(slots.map((slot) => [slot.parameter.name, slot]));
  const slotOf = (name: string) => byName.get(name)!; // callers know what is trained

  return {
    parameters: slots.map(({ parameter }) => parameter),
    weight: (name) => slotOf(name).weight.read(),
    moments(name) {
      const { weight, mean, square } = slotOf(name);
      return { weight: weight.read(), mean: mean.read(), square: square.read() };
    },
    step(count, share, gradients) {
      const halves = halfSquaredNorms(gradients.map(({ of }) => of));
      inScope(() => {
        const factor = clipFactor(halves, clipNorm);
        const shared = sharedScalars(count);
        const scalars = rateScalars(slots, share, weightDecay);
        for (const [index, slot] of slots.entries()) {
          const { of, ...rows } = gradients[index]!; // in the same order
          inScope(() => {
            const gradient = { of: multiply(of, factor), ...rows };
            release(of);
            update(slot, gradient, scalars.get(slot.learningRate)!, shared); // made of the slots
          });
        }
      });
      return halves;
    },
    dispose() {
      for (const { weight, mean, square, sparse } of slots) for (const variable of [weight, mean, square, sparse]) variable?.dispose();
    },
  };
}

function createSlot({ parameter, learningRate, weight, mean, square }: Trained): Slot {
  const slot = { parameter, learningRate, weight: createVariable(weight), mean: createVariable(mean), square: createVariable(square) };
  for (const first of [weight, mean, square]) release(first);
  return slot;
}

/** What ResourceApplyAdam takes besides a weight's own and its rate: up to the rate, and from there on. */
interface Shared {
  readonly powers: readonly Handle[];
  readonly constants: readonly Handle[];
}

function sharedScalars(count: number): Shared {
  return {
    powers: [scalar(beta1 ** count), scalar(beta2 ** count)],
    constants: [constant(beta1), constant(beta2), scalar(epsilon * Math.sqrt(1 - beta2 ** count))], // it stands beside an uncorrected root
  };
}

/** What follows from a learning rate; few rates are shared by many weights. */
interface RateScalars {
  readonly rate: Handle;
  /** See `scaleInPlace`. Absent where there is no decay. */
  readonly decay?: Handle;
}

function rateScalars(slots: readonly Slot[], share: number, weightDecay: number): ReadonlyMap<number, RateScalars> {
  const of = (learningRate: number): RateScalars => {
    const rate = share * learningRate;
    const factor = 1 - rate * weightDecay;
    return { rate: scalar(rate), ...(factor < 1 ? { decay: scalar((1 / factor - 1) / tiny) } : {}) };
  };
  return new Map([...new Set(slots.map(({ learningRate }) => learningRate))].map((each) => [each, of(each)]));
}

const scalar = (value: number): Handle => upload(Float32Array.of(value), []);

/** Biases and LayerNorm are not decayed: pulling them to zero would not make the model simpler. */
const decays = ({ kind }: Parameter): boolean => kind === 'weight';

const adamAttributes = [floatType('T'), boolAttribute('use_locking', false), boolAttribute('use_nesterov', false)];

function update(slot: Slot, gradient: Gradient, { rate, decay }: RateScalars, { powers, constants }: Shared): void {
  withDense(slot, gradient, (dense) => {
    const { weight, mean, square, parameter } = slot;
    if (decay !== undefined && decays(parameter)) scaleInPlace(weight, decay, dense);
    const handles = [weight.handle, mean.handle, square.handle];
    runInPlace('ResourceApplyAdam', adamAttributes, ...handles, ...powers, rate, ...constants, dense);
  });
}

const tiny = 1e-30;
const proximalAttributes = [floatType('T'), boolAttribute('use_locking', false)];

/**
 * Multiplies a variable without copying it. The one operation of TensorFlow that can is a proximal step, (w - α·δ) / (1 + α·λ): with α so
 * small that α·δ is lost in w's last bit, λ is chosen to give the factor.
 * @param lambda - (1 / factor - 1) / α
 * @param ofSameShape - the δ that the operation asks for: any finite tensor
 */
function scaleInPlace({ handle }: Variable, lambda: Handle, ofSameShape: Handle): void {
  runInPlace('ResourceApplyProximalGradientDescent', proximalAttributes, handle, constant(tiny), constant(0), lambda, ofSameShape);
}

/** Hands over the gradient in the parameter's full shape, for as long as `use` runs. */
function withDense(slot: Slot, { of, rows }: Gradient, use: (dense: Handle) => void): void {
  if (rows === undefined) {
    use(of);
    return;
  }
  slot.sparse ??= zeroVariable(slot.weight);
  const table = slot.sparse;
  const places = indices(rows);
  putRows(table, places, of);
  inScope(() => use(table.read())); // what was read is gone before the variable changes
  putRows(table, places, zerosLike(of));
}

function zeroVariable(like: Variable): Variable {
  let made: Variable;
  inScope(() => {
    made = createVariable(zerosLike(like.read()));
  });
  return made!; // just made
}

const scatterAttributes = [floatType('dtype'), intType('Tindices')];

function putRows({ handle }: Variable, rows: Handle, values: Handle): void {
  runInPlace('ResourceScatterUpdate', scatterAttributes, handle, rows, values);
}
