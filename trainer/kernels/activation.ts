import { relu, reluGradient, tanh, tanhGradient } from './arithmetic.ts';
import { gelu } from './gelu.ts';
import type { Handle } from './handle.ts';
import { defineKernel, type Kernel } from './kernel.ts';

/** An activation whose derivative follows from its result; any shape. */
function fromResult(name: string, forward: (x: Handle) => Handle, gradient: (y: Handle, dy: Handle) => Handle): Kernel<'x'> {
  return defineKernel<'x'>({
    name,
    saved: ['result'],
    kept: 0,
    forward: ({ x }) => [forward(x)],
    gradient: (dy, { result }) => ({ x: () => gradient(result, dy) }),
  });
}

/** Between the two maps of a family's head. */
export const activations = { tanh: fromResult('Tanh', tanh, tanhGradient), relu: fromResult('Relu', relu, reluGradient), gelu } as const;
