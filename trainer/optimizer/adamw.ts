/**
 * AdamW with a learning rate per weight, done in place on the device. Source: Loshchilov and Hutter, ICLR 2019, arXiv:1711.05101; the
 * arithmetic is PyTorch's `torch.optim.AdamW`.
 */
import type { Parameter } from '../encoder/parameters.ts';
import type { Gradient } from '../engine/graph.ts';
import { wholeGradient } from '../engine/whole-gradient.ts';
import { gather, indices, multiply, zerosLike } from '../kernels/arithmetic.ts';
import { type Handle, inScope, release, scoped, upload } from '../kernels/handle.ts';
import { constant, runInPlace } from '../kernels/operation.ts';
import { clipFactor, halfSquaredNorms } from './clip.ts';
import { amongRows, disposeRows, joined, type Kept, readRows, rowsApart, type TableRows, withRows } from './table-rows.ts';
import { createVariable, type Variable } from './variable.ts';

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export interface AdamWSettings {
  readonly weightDecay: number;
  /** Largest global norm of the gradients. */
  readonly clipNorm: number;
  /** Which weights are decayed, of those that can be: biases and layer norms never are. Default: all. */
  decays?(parameter: Parameter): boolean;
}

/** How a weight takes part in a step. */
export interface Pace {
  /** Number of the weight's own step, from 1. */
  readonly count: number;
  /** Of its learning rate, from the schedule. */
  readonly share: number;
}

/** Weight, and the running means of its gradient and of the gradient's square; all of the parameter's shape. */
export type Moments = Kept<Handle>;

export interface Trained extends Moments {
  readonly parameter: Parameter;
  readonly learningRate: number;
}

export interface Optimizer {
  /** The parameters that it trains, in the order of `trained`. */
  readonly parameters: readonly Parameter[];
  /** The weight as it is now. Release it before the next `step`: see `Variable`. */
  weight(name: string): Handle;
  /** Some of its rows, without reading the others: (rows, width). */
  rows(name: string, rows: Int32Array): Handle;
  /** Sets a weight. */
  assign(name: string, value: Handle): void;
  /**
   * One step. Takes the gradients over.
   * @param gradients - in the order of `parameters`, without those that rest
   * @param paceOf - undefined for a parameter that rests: neither it nor its moments change
   * @returns half the square of each gradient's norm, before clipping, 0 for those that rest: (parameters). The caller's to release
   */
  step(gradients: readonly Gradient[], paceOf: (parameter: Parameter) => Pace | undefined): Handle;
  /** As they are now. Release them before the next `step`. */
  moments(name: string): Moments;
  dispose(): void;
}

interface Slot {
  readonly parameter: Parameter;
  readonly learningRate: number;
  /** With rows kept apart: as it is but for these, of which it has older values. */
  readonly weight: Variable;
  kept: Whole | TableRows;
  /** See `scaleInPlace`. Made for tables alone: other weights have a gradient of their shape at hand. */
  zeros?: Variable;
}

interface Whole {
  readonly kind: 'whole';
  readonly mean: Variable;
  readonly square: Variable;
  /** Stays so: a gradient of the whole weight has come, or of too many of its rows. */
  readonly isSettled: boolean;
}

/** Share of a table's rows that are kept apart at most: of more, taking them out costs more than it saves. */
const mostApart = 0.25;

/** Takes over the tensors of `trained`. */
export function adamW(trained: readonly Trained[], { weightDecay, clipNorm, decays = () => true }: AdamWSettings): Optimizer {
  const slots = trained.map(createSlot);
  const byName = new Map(slots.map((slot) => [slot.parameter.name, slot]));
  const slotOf = (name: string) => byName.get(name)!; // callers know what is trained

  return {
    parameters: slots.map(({ parameter }) => parameter),
    weight(name) {
      const { weight, kept } = slotOf(name);
      return kept.kind === 'whole' ? weight.read() : scoped(() => joined(kept, weight.read()).weight);
    },
    rows(name, rows) {
      const { weight, kept } = slotOf(name);
      return scoped(() => (kept.kind === 'whole' ? gather(weight.read(), indices(rows)) : readRows(kept, weight.read, rows)));
    },
    assign(name, value) {
      const { weight, kept } = slotOf(name);
      weight.assign(value);
      if (kept.kind === 'rows') inScope(() => kept.weight.assign(gather(value, indices(kept.rows))));
    },
    moments: (name) => momentsOf(slotOf(name)),
    step(gradients, paceOf) {
      const paces = slots.map(({ parameter }) => paceOf(parameter));
      const left = gradients.values();
      const given = paces.map((pace) => (pace === undefined ? undefined : left.next().value)); // as many as there are paces
      const halves = halfSquaredNorms(given.map((gradient) => gradient?.of));
      inScope(() => {
        const factor = clipFactor(halves, clipNorm);
        const countScalars = remembered(countScalarsOf);
        const rateScalars = remembered((rate: number) => rateScalarsOf(rate, weightDecay));
        for (const [index, slot] of slots.entries()) {
          const [pace, gradientGiven] = [paces[index], given[index]];
          if (pace === undefined || gradientGiven === undefined) continue;
          const { count, share } = pace;
          const { of, ...rows } = gradientGiven;
          const scalars = { ...countScalars(count), ...rateScalars(share * slot.learningRate) };
          inScope(() => {
            const gradient = { of: multiply(of, factor), ...rows };
            release(of);
            update(slot, gradient, scalars, isDecayed(slot.parameter) && decays(slot.parameter));
          });
        }
      });
      return halves;
    },
    dispose() {
      for (const { weight, kept, zeros } of slots) {
        weight.dispose();
        zeros?.dispose();
        disposeKept(kept);
      }
    },
  };
}

function createSlot({ parameter, learningRate, weight, mean, square }: Trained): Slot {
  const kept = { kind: 'whole', mean: createVariable(mean), square: createVariable(square), isSettled: false } as const;
  const slot: Slot = { parameter, learningRate, weight: createVariable(weight), kept };
  for (const first of [weight, mean, square]) release(first);
  return slot;
}

/** What ResourceApplyAdam takes besides a weight's own and its rate: up to the rate, and from there on. Of the number of a step. */
interface CountScalars {
  readonly powers: readonly Handle[];
  readonly constants: readonly Handle[];
}

function countScalarsOf(count: number): CountScalars {
  return {
    powers: [scalar(beta1 ** count), scalar(beta2 ** count)],
    constants: [constant(beta1), constant(beta2), scalar(epsilon * Math.sqrt(1 - beta2 ** count))], // it stands beside an uncorrected root
  };
}

/** What follows from a learning rate. */
interface RateScalars {
  readonly rate: Handle;
  /** See `scaleInPlace`. Absent where there is no decay. */
  readonly decay?: Handle;
}

function rateScalarsOf(rate: number, weightDecay: number): RateScalars {
  const factor = 1 - rate * weightDecay;
  return { rate: scalar(rate), ...(factor < 1 ? { decay: scalar((1 / factor - 1) / tiny) } : {}) };
}

/** A function that makes each of its results once: few numbers and rates are shared by many weights. */
function remembered<Result>(of: (value: number) => Result): (value: number) => Result {
  const known = new Map<number, Result>();
  return (value) => {
    if (!known.has(value)) known.set(value, of(value));
    return known.get(value)!; // just set
  };
}

const scalar = (value: number): Handle => upload(Float32Array.of(value), []);

/** Biases and LayerNorm are not decayed: pulling them to zero would not make the model simpler. */
const isDecayed = ({ kind }: Parameter): boolean => kind === 'weight' || kind === 'lowRank';

type Scalars = CountScalars & RateScalars;

function update(slot: Slot, gradient: Gradient, scalars: Scalars, decays: boolean): void {
  const { of, rows } = gradient;
  const decay = decays ? scalars.decay : undefined;
  const apart = rows === undefined ? undefined : inRows(slot, rows);
  if (apart === undefined) {
    const dense = wholeGradient(gradient, slot.parameter);
    const { mean, square } = settled(slot);
    if (decay !== undefined) scaleInPlace(slot.weight, decay, dense);
    applyAdam({ weight: slot.weight, mean, square }, dense, scalars);
    return;
  }
  const ofRows = amongRows(apart, of, rows!); // there are some
  if (decay !== undefined) {
    inScope(() => scaleInPlace(slot.weight, decay, zerosOf(slot).read()));
    scaleInPlace(apart.weight, decay, ofRows);
  }
  applyAdam(apart, ofRows, scalars);
}

function applyAdam({ weight, mean, square }: Kept<Variable>, gradient: Handle, { rate, powers, constants }: Scalars): void {
  const handles = [weight.handle, mean.handle, square.handle];
  runInPlace('ResourceApplyAdam', [...handles, ...powers, rate, ...constants, gradient]);
}

/** The rows that ever had a gradient, these among them, kept apart: undefined where that does not pay. */
function inRows(slot: Slot, rows: Int32Array): TableRows | undefined {
  const { kept, weight, parameter } = slot;
  if (kept.kind === 'whole' && kept.isSettled) return undefined;
  const apart = inScope(() => (kept.kind === 'rows' ? withRows(kept, rows, weight.read) : rowsApart(momentsOf(slot), rows)));
  if (kept.kind === 'whole') disposeKept(kept);
  slot.kept = apart;
  return apart.rows.length > mostApart * parameter.shape[0]! ? undefined : apart; // of a table
}

function settled(slot: Slot): Whole {
  const { kept, weight } = slot;
  if (kept.kind === 'whole') {
    if (!kept.isSettled) slot.kept = { ...kept, isSettled: true };
    return kept;
  }
  const whole = inScope((): Whole => {
    const { weight: value, mean, square } = momentsOf(slot);
    weight.assign(value);
    return { kind: 'whole', mean: createVariable(mean), square: createVariable(square), isSettled: true };
  });
  disposeKept(kept);
  slot.kept = whole;
  return whole;
}

function momentsOf({ weight, kept }: Slot): Moments {
  if (kept.kind === 'whole') return { weight: weight.read(), mean: kept.mean.read(), square: kept.square.read() };
  const [value, mean, square] = scoped(() => {
    const whole = joined(kept, weight.read());
    return [whole.weight, whole.mean, whole.square] as const;
  });
  return { weight: value, mean, square };
}

function disposeKept(kept: Whole | TableRows): void {
  if (kept.kind === 'rows') disposeRows(kept);
  else for (const variable of [kept.mean, kept.square]) variable.dispose();
}

const tiny = 1e-30;

/**
 * Multiplies a variable without copying it. The one operation of TensorFlow that can is a proximal step, (w - α·δ) / (1 + α·λ): with α so
 * small that α·δ is lost in w's last bit, λ is chosen to give the factor.
 * @param lambda - (1 / factor - 1) / α
 * @param ofSameShape - the δ that the operation asks for: any finite tensor
 */
function scaleInPlace({ handle }: Variable, lambda: Handle, ofSameShape: Handle): void {
  runInPlace('ResourceApplyProximalGradientDescent', [handle, constant(tiny), constant(0), lambda, ofSameShape]);
}

function zerosOf(slot: Slot): Variable {
  slot.zeros ??= inScope(() => createVariable(zerosLike(slot.weight.read())));
  return slot.zeros;
}
