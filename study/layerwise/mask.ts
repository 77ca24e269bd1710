import type { FieldsOf } from '../spec/layerwise-fields.ts';
import { placeOf, singleLayers } from './blocks.ts';
import { frozenShareAt } from './frozen-share.ts';
import { always, type Scheme, settingsOf } from './scheme.ts';

/** Each layer, or each part of it, is frozen (0) or learns (1), all at one rate. */
export function mask(fields: FieldsOf<'mask'>, layers: number): Scheme {
  const bits = singleLayers(fields, layers);
  const all = (bit: 0 | 1, rate: number) => ({ ...Object.fromEntries(bits.map(({ name }) => [name, bit])), learningRate: rate });
  return {
    dimensions: [
      ...bits.map((bit) => ({
        ...always(bit.name, { kind: 'frozenOrRate', min: 1, max: 1, frozenProbability: frozenShareAt(fields, bit.to / layers) }),
        layer: placeOf(bit, layers),
      })),
      always('learningRate', { kind: 'logUniform', ...fields.learningRate }),
    ],
    settings(values) {
      const rate = values.number('learningRate');
      return settingsOf(bits, layers, (index) => values.number(bits[index]!.name) * rate);
    },
    headRate: (values) => values.number('learningRate'),
    evenly: (rate) => all(1, rate),
    frozen: (rate) => all(0, rate),
  };
}
