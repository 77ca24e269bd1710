import { valueAt } from '../../study/methods/by-layer.ts';
import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter, StoredPart } from '../encoder/parameters.ts';
import { lowRankSum } from '../kernels/low-rank.ts';
import type { Method, RunFacts } from './method.ts';

type Settings = MethodSettings['lora'];

/** Of an encoder layer: a weight, and which of the matrices that lie side by side in it. */
type Target = readonly [weight: string, part: number];

const queryValue: readonly Target[] = [
  ['query', 0],
  ['keyValue', 1],
];
const attention: readonly Target[] = [...queryValue, ['keyValue', 0], ['attended', 0]];
const targets: Readonly<Record<Settings['targets'], readonly Target[]>> = {
  queryValue,
  attention,
  all: [...attention, ['widen', 0], ['narrow', 0]],
};

/** `scale · A · B`, added to some columns of a weight. */
export interface Addition {
  readonly to: string;
  readonly a: Parameter;
  readonly b: Parameter;
  readonly firstColumn: number;
  readonly scale: number;
}

/**
 * The product of two thin matrices is added to some of the weights, `w + (alpha / rank) · A · B`, and only these learn. A begins as noise and
 * B as zeros, so that the model begins as it was. Source: Hu et al., ICLR 2022, arXiv:2106.09685, section 4.1.
 */
export function lora(settings: Settings, facts: RunFacts): Method {
  const additions = additionsOf(settings, facts);
  return { ...lowRank(additions, facts.isLowRank), added: additions.flatMap(({ a, b }) => [a, b]) };
}

/** Those that the layer configuration lets learn. */
export function additionsOf(settings: Settings, { parameters, rateOf, isLowRank }: RunFacts): readonly Addition[] {
  return parameters
    .flatMap((parameter) => additionsTo(parameter, settings))
    .filter(({ a }) => isLowRank(a.layer) && rateOf(a) !== undefined);
}

/** @param isLowRank - whether of a layer only such additions learn */
export function lowRank(additions: readonly Addition[], isLowRank: (layer: string) => boolean): Required<Pick<Method, 'trains' | 'lens'>> {
  return {
    trains: ({ kind, layer }) => !isLowRank(layer) || kind === 'lowRank',
    lens: (graph, weights, name) =>
      additions
        .filter(({ to }) => to === name)
        .reduce(
          (weight, { a, b, firstColumn, scale }) =>
            graph.apply(lowRankSum, { weight, a: weights(a.name), b: weights(b.name) }, { firstColumn, scale }),
          weights(name),
        ),
  };
}

function additionsTo(parameter: Parameter, { rank, alpha, targets: wanted }: Settings): readonly Addition[] {
  const { name, layer, shape, stored } = parameter;
  const rankHere = valueAt(rank, layer);
  if (rankHere === 0) return [];
  const [inputs, all] = shape as [number, number]; // of a linear map
  const outputs = all / stored.length;
  return targets[wanted]
    .filter(([weight]) => name === `${layer}.${weight}.weight`)
    .map(([, part]) => {
      const factor = (letter: 'A' | 'B', itsShape: readonly number[]): Parameter => ({
        ...parameter,
        name: `${name}.${part}.lora${letter}`,
        shape: itsShape,
        kind: 'lowRank',
        stored: [storedFactor(stored[part]!, letter)], // targets name parts that are there
        start: letter === 'A' ? 'fresh' : 'zeros',
      });
      return {
        to: name,
        a: factor('A', [inputs, rankHere]),
        b: factor('B', [rankHere, outputs]),
        firstColumn: part * outputs,
        scale: alpha / rankHere,
      };
    });
}

/** As PEFT calls them. */
function storedFactor(part: StoredPart, letter: 'A' | 'B'): StoredPart {
  return { ...part, name: part.name.replace(/\.weight$/, `.lora_${letter}.weight`) };
}
