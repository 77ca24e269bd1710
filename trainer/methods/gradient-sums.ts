import type { Parameter } from '../encoder/parameters.ts';
import type { Gradient } from '../engine/graph.ts';
import { wholeGradient } from '../engine/whole-gradient.ts';
import { add } from '../kernels/arithmetic.ts';
import type { Handle } from '../kernels/handle.ts';
import type { Held } from './held.ts';

/** Adds a step's gradient to those of the steps before. */
export function addGradient(held: Held, parameter: Parameter, gradient: Gradient): void {
  const [whole, sum] = [wholeGradient(gradient, parameter), gradientSum(held, parameter)];
  held.set(sumOf(parameter), sum === undefined ? whole : add(sum, whole));
}

/** Of the parameter's shape; undefined before the first step. */
export const gradientSum = (held: Held, parameter: Parameter): Handle | undefined => held.get(sumOf(parameter));

/** The next sum begins anew. */
export const dropGradientSum = (held: Held, parameter: Parameter): void => held.delete(sumOf(parameter));

const sumOf = ({ name }: Parameter): string => `sum.${name}`;
