import { isBelowPrefix } from '../layerwise.ts';
import type { FieldsOf } from '../spec/layerwise-fields.ts';
import { always, type Scheme, trainingAt } from './scheme.ts';

/** The layers from `lowest` to `highest` learn at one rate, with the embeddings if the lowest is layer 0. Each window is equally likely. */
export function window({ learningRate }: FieldsOf<'window'>, layers: number): Scheme {
  const layer = { kind: 'int', min: 0, max: layers - 1 } as const;
  return {
    dimensions: [
      always('lowest', layer),
      { ...always('highest', layer), constraints: [{ kind: 'ordered', names: ['lowest', 'highest'] }] },
      always('learningRate', { kind: 'logUniform', ...learningRate }),
    ],
    settings(values) {
      const [lowest, highest, rate] = [values.number('lowest'), values.number('highest'), values.number('learningRate')];
      return Array.from({ length: layers + 1 }, (_, step) => trainingAt(isBelowPrefix(step, lowest) || step > highest + 1 ? 0 : rate));
    },
    headRate: (values) => values.number('learningRate'),
    evenly: (rate) => ({ lowest: 0, highest: layers - 1, learningRate: rate }),
    frozen: () => undefined,
  };
}
