/**
 * The one way to add a kernel: an operation with a hand-written gradient that tfjs's tape knows. Gradients are thunks, and the tape
 * calls only those it needs: frozen weights cost nothing.
 */
import { tf } from '../native/tensorflow.ts';

type Tensors<Name extends string> = Readonly<Record<Name, tf.Tensor>>;

interface Kernel<Input extends string, Saved extends Input, Settings> {
  readonly name: string;
  /** Returns the result, then what the gradient wants to find again. Tensors in between are freed. */
  readonly forward: (inputs: Tensors<Input>, settings: Settings) => readonly tf.Tensor[];
  /** Inputs that the gradient wants to find again. */
  readonly saved: readonly Saved[];
  /** How many tensors `forward` returns after the result, at most. */
  readonly kept: number;
  /** @param dy - gradient of the result; same shape as the result */
  readonly gradient: (
    dy: tf.Tensor,
    saved: Tensors<Saved>,
    kept: readonly tf.Tensor[],
    settings: Settings,
  ) => Readonly<Record<Input, () => tf.Tensor>>;
}

/** Registers the kernel. Inputs without a meaningful gradient (masks, labels) are on no path to a weight and are never asked for. */
export function defineKernel<Input extends string, Saved extends Input, Settings = void>(
  kernel: Kernel<Input, Saved, Settings>,
): (inputs: Tensors<Input>, settings: Settings) => tf.Tensor {
  const kernelName = `Permafrost${kernel.name}`;
  tf.registerKernel({
    kernelName,
    backendName: 'tensorflow',
    kernelFunc: ({ inputs, attrs }) => tf.tidy(() => [...kernel.forward(inputs as Tensors<Input>, attrs as Settings)]),
  });
  tf.registerGradient({
    kernelName,
    inputsToSave: [...kernel.saved],
    outputsToSave: [false, ...Array.from({ length: kernel.kept }, () => true)],
    gradFunc: (dy, tensors, attrs) => {
      const saved = Object.fromEntries(kernel.saved.map((name, index) => [name, tensors[index]])) as Tensors<Saved>;
      const kept = tensors.slice(kernel.saved.length);
      return kernel.gradient(Array.isArray(dy) ? dy[0]! : dy, saved, kept, attrs as Settings); // the result is the first output
    },
  });
  return (inputs, settings) => {
    const outputs = tf.engine().runKernel(kernelName, inputs, (settings ?? {}) as never) as tf.Tensor | tf.Tensor[];
    return Array.isArray(outputs) ? outputs[0]! : outputs; // forward returns at least the result
  };
}
