import { clipped, fromLogUnit } from '../domain.ts';
import type { FieldsOf } from '../spec/layerwise-fields.ts';
import type { Training } from '../trial.ts';
import { layerBlocks, placeOf } from './blocks.ts';
import { always, type Scheme, type Values } from './scheme.ts';

type LearningMode = Exclude<Training['mode'], 'frozen'>;
const learningModes: readonly LearningMode[] = ['bias', 'lora', 'full'];
const rateName = (mode: LearningMode) => `${mode}.learningRate`;

/** Each block is frozen or learns in one of several ways; blocks that learn alike share a rate. */
export function modes({ modes: ranges, ...fields }: FieldsOf<'modes'>, layers: number): Scheme {
  const blocks = layerBlocks({ ...fields, modes: ranges }, layers);
  const available = learningModes.filter((mode) => ranges[mode] !== undefined);
  const all = (mode: Training['mode'], rate: number) => ({
    ...Object.fromEntries(blocks.map(({ name }) => [name, mode])),
    ...Object.fromEntries(
      available.map((each) => [rateName(each), each === mode ? clipped(rate, ranges[each]!) : fromLogUnit(ranges[each]!, 0.5)]),
    ),
  });
  const trainingIn = (values: Values, mode: string, step: number): Training => {
    const learning = learningModes.find((each) => each === mode);
    if (learning === undefined || (learning === 'lora' && step === 0)) return { mode: 'frozen' }; // embeddings have no weights to add to
    return { mode: learning, learningRate: values.number(rateName(learning)) };
  };

  return {
    dimensions: [
      ...blocks.map((block) => ({
        ...always(block.name, { kind: 'categorical', choices: ['frozen', ...available] }),
        layer: placeOf(block, layers),
      })),
      ...available.map((mode) => always(rateName(mode), { kind: 'logUniform', ...ranges[mode]! })),
    ],
    settings: (values) =>
      blocks.flatMap(({ name, from, to }) => {
        const mode = values.text(name);
        return Array.from({ length: to - from + 1 }, (_, index) => trainingIn(values, mode, from + index));
      }),
    evenly: (rate) => all('full', rate),
    frozen: (rate) => all('frozen', rate),
  };
}
