import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter } from '../encoder/parameters.ts';
import type { Graph, Weights } from '../engine/graph.ts';
import { absolute, matrixProduct, multiply, singularValues, slice, subtract } from '../kernels/arithmetic.ts';
import { download, type Handle, inScope, toHost, upload } from '../kernels/handle.ts';
import { sparseSum } from '../kernels/sparse.ts';
import type { Held } from './held.ts';
import { type Addition, additionsOf, lowRank } from './lora.ts';
import { lastOfLargest, linearMatrices, masked, reaching, sizeOf } from './matrices.ts';
import type { Method, Opening, RunFacts } from './method.ts';

/** Single numbers of a matrix that learn. */
interface Entries {
  readonly of: Addition;
  readonly values: Parameter;
}

/**
 * A low-rank product and a few single numbers are added to query and value matrices, and only these learn: `w + A · B + S`. The places of S are
 * those that a matrix of that rank approximates worst. With `sparsity` the smallest numbers of the matrices are zero. Source: Chen et al., ACL 2023,
 * arXiv:2111.00160, section 3.2.
 */
export function dsee({ rank, entries: count, sparsity }: MethodSettings['dsee'], facts: RunFacts): Method {
  const products = additionsOf({ rank, alpha: rank, targets: 'queryValue' }, { ...facts, isLowRank: isBelowHead });
  const entries = products.map((of): Entries => ({ of, values: valuesOf(of, count) }));
  const product = lowRank(products, isBelowHead);
  const pruned = prunedMatrices(sparsity, new Set(products.map(({ a }) => a.layer)), facts);
  let supports: Held | undefined;
  const placesOf = new Map<string, Int32Array>();
  const places = ({ values }: Entries): Int32Array | undefined => {
    const held = supports?.get(supportOf(values));
    if (held !== undefined && !placesOf.has(values.name)) placesOf.set(values.name, Int32Array.from(download(held)));
    return placesOf.get(values.name);
  };
  return {
    ...product,
    added: [...products.flatMap(({ a, b }) => [a, b]), ...entries.map(({ values }) => values)],
    lens: (graph, weights, name) =>
      entries.reduce(
        (weight, each) => {
          const found = each.of.to === name ? places(each) : undefined;
          return found === undefined ? weight : graph.apply(sparseSum, { weight, values: weights(each.values.name) }, { places: found });
        },
        product.lens(graph, (inner) => pruned.seen(graph, weights, inner), name),
      ),
    open({ held, weight }) {
      supports = held;
      pruned.begin(weight);
      return {
        async survey() {
          for (const { of, values } of entries) {
            const worst = worstPlaces(() => weight(of.to), of, rank, count);
            inScope(() => held.set(supportOf(values), upload(Float32Array.from(worst), [worst.length]))); // whole numbers below 2^24
          }
        },
      };
    },
  };
}

/**
 * Matrices without their smallest numbers. They do not learn, so which these are follows from the weights whenever a run begins or goes on.
 * @param layers - whose matrices are meant
 */
function prunedMatrices(sparsity: number, layers: ReadonlySet<string>, { parameters }: RunFacts) {
  const matrices = sparsity === 0 ? [] : linearMatrices(parameters).filter(({ layer }) => layers.has(layer));
  const byName = new Map(matrices.map((matrix) => [matrix.name, matrix]));
  const least = new Map<string, Float32Array>(); // magnitude that stays, of each matrix that lies in a weight
  let weightOf: Opening['weight'] | undefined;
  return {
    begin(weight: Opening['weight']): void {
      weightOf = weight;
      for (const matrix of matrices) {
        const count = Math.max(1, Math.round((1 - sparsity) * sizeOf(matrix)));
        least.set(
          matrix.name,
          toHost(() => lastOfLargest(absolute(weight(matrix.name)), matrix, count)),
        );
      }
    },
    seen<T>(graph: Graph<T>, weights: Weights<T>, name: string): T {
      const matrix = byName.get(name);
      if (matrix === undefined) return weights(name);
      const weight = weightOf!(name); // passes come after the beginning
      const stays = least.get(name)!;
      return graph.constant(masked(weight, reaching(absolute(weight), matrix, upload(stays, [stays.length])), matrix));
    },
  };
}

const isBelowHead = (layer: string): boolean => layer !== 'head';
const supportOf = ({ name }: Parameter): string => `support.${name}`;

function valuesOf({ a, b, to, firstColumn }: Addition, count: number): Parameter {
  const stored = a.stored.map((part) => ({ ...part, name: part.name.replace('lora_A', 'dsee_S'), layout: 'same' as const }));
  return { ...a, name: `${to}.${firstColumn}.dsee`, shape: [Math.min(count, a.shape[0]! * b.shape[1]!), 1], stored, start: 'zeros' }; // rank 2, both
}

/** Places in the whole weight, row by row, largest distance first. */
function worstPlaces(weight: () => Handle, { firstColumn, b }: Addition, rank: number, count: number): readonly number[] {
  const columns = b.shape[1]!; // rank 2
  let all = 0;
  const distance = toHost(() => {
    const whole = weight();
    all = whole.shape[1]!;
    const matrix = slice(whole, [0, firstColumn], [whole.shape[0]!, columns]);
    const { values, left, right } = singularValues(matrix);
    const kept = Math.min(rank, values.shape[0]!);
    const first = (x: Handle) => slice(x, [0, 0], [x.shape[0]!, kept]);
    return subtract(matrix, matrixProduct(multiply(first(left), slice(values, [0], [kept])), first(right), 'plain', 'transposed'));
  });
  const order = Array.from(distance, (_, place) => place).toSorted((x, y) => Math.abs(distance[y]!) - Math.abs(distance[x]!)); // one for each
  return order.slice(0, count).map((place) => Math.floor(place / columns) * all + firstColumn + (place % columns));
}
