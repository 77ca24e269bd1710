/**
 * AdamW with a learning rate per weight, done in place on the device. Source: Loshchilov and Hutter, ICLR 2019, arXiv:1711.05101; the
 * arithmetic is PyTorch's `torch.optim.AdamW`.
 */
import type { Parameter } from '../encoder/parameters.ts';
import { multiply } from '../kernels/arithmetic.ts';
import { boolAttribute, floatType, intType, runMany } from '../kernels/operation.ts';
import { tf } from '../native/tensorflow.ts';
import { clipFactor } from './clip.ts';
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
  readonly weight: tf.Tensor;
  readonly mean: tf.Tensor;
  readonly square: tf.Tensor;
}

export interface Trained extends Moments {
  readonly parameter: Parameter;
  readonly learningRate: number;
}

/** Gradient of a whole parameter, or of the rows of a table that a batch used; the other rows' is 0. */
export interface Gradient {
  readonly of: tf.Tensor;
  readonly rows?: Int32Array;
}

export interface Optimizer {
  /** The parameters that it trains, in the order of `trained`. */
  readonly parameters: readonly Parameter[];
  /** The weight as it is now. Dispose it before the next `step`: see `Variable`. */
  weight(name: string): tf.Tensor;
  /**
   * One step. Takes the gradients over and frees them.
   * @param count - number of this step, from 1
   * @param share - of each parameter's learning rate, from the schedule
   * @param gradients - in the order of `parameters`
   */
  step(count: number, share: number, gradients: readonly Gradient[]): void;
  /** A copy for a checkpoint. Dispose it before the next `step`. */
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
      tf.tidy(() => {
        const factor = clipFactor(
          gradients.map((gradient) => gradient.of),
          clipNorm,
        );
        const shared = biasCorrections(count);
        for (const [index, slot] of slots.entries()) {
          const gradient = gradients[index]!; // in the same order
          update(slot, { ...gradient, of: multiply(gradient.of, factor) }, share * slot.learningRate, weightDecay, shared);
          gradient.of.dispose();
        }
      });
    },
    dispose() {
      for (const { weight, mean, square, sparse } of slots) for (const variable of [weight, mean, square, sparse]) variable?.dispose();
    },
  };
}

function createSlot({ parameter, learningRate, weight, mean, square }: Trained): Slot {
  const slot = { parameter, learningRate, weight: createVariable(weight), mean: createVariable(mean), square: createVariable(square) };
  tf.dispose([weight, mean, square]);
  return slot;
}

type Shared = readonly tf.Tensor[];

/** Powers and constants as ResourceApplyAdam takes them, up to its rate and from there on. Its epsilon stands beside an uncorrected root. */
function biasCorrections(count: number): { readonly powers: Shared; readonly constants: Shared } {
  const scalars = (...values: readonly number[]) => values.map((value) => tf.scalar(value));
  return {
    powers: scalars(beta1 ** count, beta2 ** count),
    constants: scalars(beta1, beta2, epsilon * Math.sqrt(1 - beta2 ** count)),
  };
}

/** Biases and LayerNorm are not decayed: pulling them to zero would not make the model simpler. */
const decays = ({ kind }: Parameter): boolean => kind === 'weight';

const adamAttributes = [floatType('T'), boolAttribute('use_locking', false), boolAttribute('use_nesterov', false)];

function update(
  slot: Slot,
  gradient: Gradient,
  rate: number,
  weightDecay: number,
  { powers, constants }: ReturnType<typeof biasCorrections>,
): void {
  withDense(slot, gradient, (dense) => {
    const { weight, mean, square, parameter } = slot;
    if (decays(parameter) && rate * weightDecay > 0) scaleInPlace(weight, 1 - rate * weightDecay, dense);
    const inputs = [weight.handle, mean.handle, square.handle, ...powers, tf.scalar(rate), ...constants, dense];
    runMany('ResourceApplyAdam', adamAttributes, inputs, 0);
  });
}

const tiny = 1e-30;

/**
 * Multiplies a variable without copying it. The one operation of TensorFlow that can is a proximal step, (w - α·δ) / (1 + α·λ): with α so
 * small that α·δ is lost in w's last bit, λ is chosen to give the factor.
 * @param ofSameShape - the δ that the operation asks for: any finite tensor
 */
function scaleInPlace(variable: Variable, factor: number, ofSameShape: tf.Tensor): void {
  const inputs = [variable.handle, tf.scalar(tiny), tf.scalar(0), tf.scalar((1 / factor - 1) / tiny), ofSameShape];
  runMany('ResourceApplyProximalGradientDescent', [floatType('T'), boolAttribute('use_locking', false)], inputs, 0);
}

/** Hands over the gradient in the parameter's full shape, for as long as `use` runs. */
function withDense(slot: Slot, { of, rows }: Gradient, use: (dense: tf.Tensor) => void): void {
  if (rows === undefined) {
    use(of);
    return;
  }
  slot.sparse ??= zeroVariable(slot.parameter.shape);
  const table = slot.sparse;
  const indices = tf.tensor1d(rows, 'int32');
  putRows(table, indices, of);
  const dense = table.read();
  use(dense);
  dense.dispose(); // before the variable changes
  putRows(table, indices, tf.zerosLike(of));
}

function zeroVariable(shape: readonly number[]): Variable {
  const zeros = tf.zeros([...shape]);
  const variable = createVariable(zeros);
  zeros.dispose();
  return variable;
}

function putRows({ handle }: Variable, rows: tf.Tensor, values: tf.Tensor): void {
  runMany('ResourceScatterUpdate', [floatType('dtype'), intType('Tindices')], [handle, rows, values], 0);
}
