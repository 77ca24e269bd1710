/**
 * An operation with a hand-written gradient: all that the engines know how to differentiate. Gradients are thunks, and only those that a
 * trained weight needs are called: frozen weights cost nothing.
 */
import type { Handle } from './handle.ts';

type Handles<Name extends string> = Readonly<Record<Name, Handle>>;

export interface Kernel<Input extends string, Settings = undefined> {
  /** Different from that of all others. */
  readonly name: string;
  /** Returns the result, then what the gradient wants to find again; all newly made. The rest of what it made is freed. */
  forward(inputs: Handles<Input>, settings: Settings): readonly [Handle, ...Handle[]];
  /** Inputs that the gradient wants to find again, and maybe the result. */
  readonly saved: readonly (Input | 'result')[];
  /** How many tensors `forward` returns after the result, at most. */
  readonly kept: number;
  /**
   * @param dy - gradient of the result; same shape as the result
   * @param saved - those that `saved` names
   * @param kept - what `forward` returned after the result
   * @returns no thunk for inputs that no weight leads to, such as masks and labels
   */
  gradient(
    dy: Handle,
    saved: Handles<Input | 'result'>,
    kept: readonly Handle[],
    settings: Settings,
  ): Readonly<Partial<Record<Input, () => Handle>>>;
}

/** Checks the kernel's types where it is defined. */
export function defineKernel<Input extends string, Settings = undefined>(kernel: Kernel<Input, Settings>): Kernel<Input, Settings> {
  return kernel;
}
