import type { Parameter } from '../encoder/parameters.ts';
import { pack } from '../kernels/arithmetic.ts';
import { type Handle, toHost } from '../kernels/handle.ts';

/**
 * Sums over the parameters of each layer; they come from the device at once.
 * @param of - what a parameter adds, of shape ()
 */
export function sumsByLayer(
  layers: readonly string[],
  parameters: readonly Parameter[],
  of: (parameter: Parameter, index: number) => Handle,
): readonly number[] {
  const numbers = toHost(() => pack(parameters.map(of)));
  return layers.map((layer) => parameters.reduce((sum, parameter, index) => (parameter.layer === layer ? sum + numbers[index]! : sum), 0));
}
