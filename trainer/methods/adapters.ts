import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Insert } from '../encoder/forward.ts';
import type { Parameter, StoredPart } from '../encoder/parameters.ts';
import { gelu } from '../kernels/gelu.ts';
import { linear } from '../kernels/linear.ts';
import { sum } from '../kernels/sum.ts';
import type { Method, RunFacts } from './method.ts';

/** Of the noise that adapters begin as. */
const deviation = 0.01;

/**
 * Maps through a few numbers, with a way around them, learn in place of the model's weights: `x + up(gelu(down(x)))`. Sources: Houlsby et al.,
 * ICML 2019, arXiv:1902.00751, section 2.1 (behind attention and feed-forward part, with layer norms); Pfeiffer et al., EACL 2021,
 * arXiv:2005.00247 (behind the feed-forward part alone).
 */
export function adapters({ variant, size, from }: MethodSettings['adapters'], { parameters, rateOf }: RunFacts): Method {
  const places = variant === 'houlsby' ? ['attended', 'narrow'] : ['narrow'];
  const hasAdapter = (map: Parameter) =>
    Number(map.layer) >= from && places.some((place) => map.name === `${map.layer}.${place}.weight`) && rateOf(map) !== undefined;
  const inserted = parameters.filter(hasAdapter).flatMap((map) => adapterBehind(map, size));
  const names = new Set(inserted.map(({ name }) => name));
  const insert: Insert = (graph, weights, behind, x) => {
    if (!names.has(`${behind}.down.weight`)) return x;
    const map = (name: string, input: typeof x) =>
      graph.apply(linear, { x: input, weight: weights(`${behind}.${name}.weight`), bias: weights(`${behind}.${name}.bias`) }, undefined);
    return graph.apply(sum, { a: x, b: map('up', graph.apply(gelu, { x: map('down', x) }, undefined)) }, undefined);
  };
  return {
    inserted: { parameters: inserted, insert },
    trains: ({ name, layer, part }) => layer === 'head' || names.has(name) || (variant === 'houlsby' && part === 'norm'),
  };
}

/** @param map - weight of the linear map that it stands behind */
function adapterBehind(map: Parameter, size: number): readonly Parameter[] {
  const width = map.shape[1]!; // rank 2
  const behind = map.name.replace(/\.weight$/, '');
  const tensor = (name: string, kind: 'weight' | 'bias', shape: readonly number[]): Parameter => ({
    ...map,
    name: `${behind}.${name}.${kind}`,
    shape,
    kind,
    stored: [storedBeside(map.stored[0]!, `${name}.${kind}`, kind)],
    start: 'fresh',
    deviation,
  });
  return [
    tensor('down', 'weight', [width, size]),
    tensor('down', 'bias', [size]),
    tensor('up', 'weight', [size, width]),
    tensor('up', 'bias', [width]),
  ];
}

function storedBeside({ name, prefix }: StoredPart, added: string, kind: 'weight' | 'bias'): StoredPart {
  return { name: name.replace(/weight$/, `adapter.${added}`), prefix, layout: kind === 'weight' ? 'transposed' : 'same' };
}
