/** Weights between Hugging Face files and the device. */

import { seededStream } from '../study/random.ts';
import type { Parameter, StoredPart } from './encoder/parameters.ts';
import { toHost } from './host.ts';
import { tf } from './native/tensorflow.ts';
import { normalNumbers } from './random.ts';
import { badData } from './refusal.ts';
import type { SafetensorsFile, StoredTensor } from './safetensors.ts';

/** The parameter's first value: the file's, or a fresh one where the file has none. */
export function initialValue(parameter: Parameter, file: SafetensorsFile, fresh: () => tf.Tensor): tf.Tensor {
  const isStored =
    parameter.start === 'stored' || (parameter.start === 'storedOrFresh' && storedName(file, parameter.stored[0]!) !== undefined);
  return isStored ? loadParameter(parameter, file) : fresh();
}

/**
 * As in a model that was never trained: noise for weights, 0 for biases, 1 for the scales of layer norms.
 * @param index - gives each parameter of a seed noise of its own
 */
export function freshValue({ kind, shape }: Parameter, deviation: number, seed: number, index: number): tf.Tensor {
  switch (kind) {
    case 'bias':
      return tf.zeros([...shape]);
    case 'scale':
      return tf.ones([...shape]);
    case 'weight': {
      const random = seededStream(seed, freshWeightStreams + index);
      return tf.tensor(normalNumbers(random, tf.util.sizeFromShape([...shape]), deviation), [...shape]);
    }
  }
}

/** Streams of the seed below this number belong to the order of the texts, one for each epoch. */
const freshWeightStreams = 2 ** 40;

/** @throws {Refusal} naming file and tensor if it is missing or has another shape */
export function loadParameter(parameter: Parameter, file: SafetensorsFile): tf.Tensor {
  return tf.tidy(() => {
    const parts = parameter.stored.map((part) => loadPart(part, partShape(parameter), file));
    return parts.length === 1 ? parts[0]! : tf.concat(parts, -1); // one part at least
  });
}

function loadPart(part: StoredPart, shape: readonly number[], file: SafetensorsFile): tf.Tensor {
  const { name, layout } = part;
  const stored = storedName(file, part);
  if (stored === undefined) throw badData(`${file.path}: tensor ${name} is missing; the file has ${file.names.slice(0, 3).join(', ')}, …`);
  const { shape: got, data } = file.read(stored);
  const want = layout === 'transposed' ? shape.toReversed() : shape;
  if (got.join() !== want.join()) {
    throw badData(`${file.path}: tensor ${stored}: shape must be [${want.join(', ')}] by the model's config.json, got [${got.join(', ')}]`);
  }
  const tensor = tf.tensor(data, [...got]);
  return layout === 'transposed' ? tf.transpose(tensor) : tensor;
}

/** Encoders are stored with or without their prefix; files converted from TensorFlow 1 call LayerNorm's weights gamma and beta. */
function storedName(file: SafetensorsFile, { name, prefix }: StoredPart): string | undefined {
  const old = name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta');
  const bare = (each: string) => (each.startsWith(prefix) ? each.slice(prefix.length) : each);
  return [name, old].flatMap((each) => [each, bare(each)]).find((each) => file.has(each));
}

function partShape({ shape, stored }: Parameter): number[] {
  return [...shape.slice(0, -1), shape.at(-1)! / stored.length]; // parts are equally wide
}

/** The parameter as Hugging Face stores it, under its names. Waits for the device. */
export function storeParameter(parameter: Parameter, value: tf.Tensor): readonly (readonly [string, StoredTensor])[] {
  const shape = partShape(parameter);
  return parameter.stored.map(({ name, layout }, index) => {
    const part = () => {
      const begin = shape.map((size, axis) => (axis === shape.length - 1 ? index * size : 0));
      return tf.slice(value, begin, shape);
    };
    if (layout === 'same') return [name, { shape, data: toHost(part) }] as const;
    return [name, { shape: shape.toReversed(), data: toHost(() => tf.transpose(part())) }] as const;
  });
}
