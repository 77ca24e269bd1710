/** How a forward pass is written down, whichever engine runs it. */
import { gather, indices } from '../kernels/arithmetic.ts';
import { type Handle, scoped } from '../kernels/handle.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { scaled } from '../kernels/scaled.ts';
import { sum } from '../kernels/sum.ts';

/** The tensors of a pass are the engine's own: `T`. */
export interface Graph<T> {
  apply<Input extends string, Settings>(kernel: Kernel<Input, Settings>, inputs: Readonly<Record<Input, T>>, settings: Settings): T;
  /** A tensor that has no gradient. Only read. */
  constant(handle: Handle): T;
  /**
   * Runs a part of the pass and frees what it made, but its result and what the way back needs. An engine may free that as well and run the
   * part again on the way back, so the part must do the same each time, on the graph that it is given, and read nothing tracked but `x` and weights.
   */
  part(x: T, pass: (graph: Graph<T>, x: T) => T): T;
}

/** Of tensors of one shape; one at least. */
export function meanOf<T>(graph: Graph<T>, tensors: readonly T[]): T {
  const total = tensors.reduce((a, b) => graph.apply(sum, { a, b }, undefined));
  return tensors.length === 1 ? total : graph.apply(scaled, { x: total }, { factor: 1 / tensors.length });
}

/** A weight by the name that `encoder/parameters.ts` gives it. */
export type Weights<T> = (name: string) => T;

/** A function of the weights. */
type Pass = <T>(graph: Graph<T>, weights: Weights<T>) => T;

/** Gradient of a whole parameter, or of the rows of a table that a pass read; the other rows' is 0. */
export interface Gradient {
  readonly of: Handle;
  readonly rows?: Int32Array;
}

export interface Differentiated {
  /** A scalar. */
  readonly loss: Handle;
  /** In the order of the trained parameters. All are the caller's to release. */
  readonly gradients: readonly Gradient[];
}

/** Rows of tables that a pass wants instead of the whole tables, by the table's name. It gets them in this order. */
export type Rows = ReadonlyMap<string, Int32Array>;

/** What differentiates a pass. The engines give the same results, up to rounding. */
export interface Engine {
  gradients(loss: Pass, rows: Rows): Differentiated;
  /** The result of a pass alone; the caller's to release. */
  run(pass: Pass, rows: Rows): Handle;
}

/** What an engine must know of the weights. */
export interface WeightSource {
  /** Names of the trained ones. */
  readonly trained: readonly string[];
  /** A weight as it is now. The running scope holds it: see `Variable`. */
  read(name: string): Handle;
  /** Some rows of a weight, where that is possible without reading all of it; undefined of others. */
  readRows?(name: string, rows: Int32Array): Handle | undefined;
}

/** What a pass wants of a weight. */
export function weightOf(source: WeightSource, name: string, wanted: Rows): Handle {
  const rows = wanted.get(name);
  if (rows === undefined) return source.read(name);
  return scoped(() => source.readRows?.(name, rows) ?? gather(source.read(name), indices(rows)));
}

/** Tells of which rows a gradient is. @param gradients - in the order of the trained weights */
export function withRows(gradients: readonly Handle[], { trained }: WeightSource, rows: Rows): readonly Gradient[] {
  return gradients.map((of, index) => {
    const read = rows.get(trained[index]!); // in the same order
    return read === undefined ? { of } : { of, rows: read };
  });
}
