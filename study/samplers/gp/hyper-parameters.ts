import type { Encoder } from './encoder.ts';
import type { Bounds } from './minimize.ts';

/**
 * What the kernel is tuned by, as natural logarithms in one vector: the standard deviation of the joint part, a length per
 * scale, the standard deviation of each layer's own effect, and that of the noise. Losses are scaled to a deviation of 1.
 */
export type HyperParameters = Float64Array;

/** Where they lie in the vector. */
export interface Layout {
  readonly joint: number;
  readonly lengths: number;
  readonly layers: number;
  readonly noise: number;
  readonly size: number;
}

export function layoutOf({ scaleCount, layerCount }: Encoder): Layout {
  const layers = 1 + scaleCount;
  return { joint: 0, lengths: 1, layers, noise: layers + layerCount, size: layers + layerCount + 1 };
}

/** Standard deviations of the log-normal priors. `layerSpread` is that of layers around their mean, so that one can stand out. */
const prior = { joint: 0.7, length: 1, layerMean: 1, layerSpread: 0.7, noise: 1 };

/** The prior's mode: effects that bend over half a range, layers that together count as much as all else, little noise. */
export function likeliest(encoder: Encoder): HyperParameters {
  const { layerCount } = encoder;
  const layout = layoutOf(encoder);
  const values = new Float64Array(layout.size);
  values[layout.joint] = layerCount > 0 ? Math.log(0.7) : 0;
  values.fill(Math.log(0.5), layout.lengths, layout.layers);
  values.fill(-Math.log(Math.max(1, layerCount)), layout.layers, layout.noise);
  values[layout.noise] = Math.log(0.05);
  return values;
}

/** Far enough out to bind only where the losses say nothing. */
export function boundsOf(encoder: Encoder): Bounds {
  const mode = likeliest(encoder);
  const { noise } = layoutOf(encoder);
  return { lower: mode.map((value) => value - 5).with(noise, Math.log(1e-4)), upper: mode.map((value) => value + 4).with(noise, 0) };
}

/** Negative log density, up to a constant, and its gradient. */
export function surprise(encoder: Encoder, values: HyperParameters): { readonly value: number; readonly gradient: Float64Array } {
  const layout = layoutOf(encoder);
  const mode = likeliest(encoder);
  const gradient = new Float64Array(layout.size);
  let value = 0;
  const away = (distance: number, deviation: number): number => {
    value += (distance / deviation) ** 2 / 2;
    return distance / deviation ** 2;
  };
  const alone = (at: number, deviation: number) => {
    gradient[at] = away(values[at]! - mode[at]!, deviation);
  };
  alone(layout.joint, prior.joint);
  alone(layout.noise, prior.noise);
  for (let at = layout.lengths; at < layout.layers; at += 1) alone(at, prior.length);
  for (const { start, count } of encoder.groups) {
    const from = layout.layers + start;
    const group = values.subarray(from, from + count);
    const mean = group.reduce((sum, scale) => sum + scale, 0) / count;
    const byMean = away(mean - mode[from]!, prior.layerMean);
    for (let layer = 0; layer < count; layer += 1) gradient[from + layer] = byMean / count + away(group[layer]! - mean, prior.layerSpread);
  }
  return { value, gradient };
}
