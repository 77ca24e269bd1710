import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter } from '../encoder/parameters.ts';
import { absolute, halfSquares, multiply, root, sumOfAll } from '../kernels/arithmetic.ts';
import { inScope } from '../kernels/handle.ts';
import { isInLayer, squaresOf, sumSquares } from './fisher.ts';
import { addGradient, dropGradientSum, gradientSum } from './gradient-sums.ts';
import type { Held } from './held.ts';
import { heldNumbers, holdNumbers } from './held-numbers.ts';
import type { Look, Method, Opening } from './method.ts';
import { sumsByLayer } from './sums-by-layer.ts';

type Settings = MethodSettings['surgical'];

/**
 * The encoder layers with the largest scores before training learn, the others rest. Sources: Lodha et al., 2023, arXiv:2310.17041
 * (ymtao5219/surgical_fine_tuning), where a layer's score is the sum over its tensors of the norm of the mean squared gradient; Lee et al., ICLR 2023,
 * arXiv:2210.11466, section 5 (gradient over weight); Molchanov et al., CVPR 2019, arXiv:1906.10771 (gradient times weight).
 */
export function surgical({ layers: count, by, texts }: Settings): Method {
  return {
    open(opening) {
      const { trained, held } = opening;
      const scored = trained.filter(isInLayer);
      const layers = [...new Set(scored.map(({ layer }) => layer))];
      if (layers.length <= count) return {};
      let resting: ReadonlySet<string> | undefined;
      const lowest = () => {
        const scores = heldNumbers(held, 'scores')!; // the survey made them
        const rising = layers.map((_, place) => place).toSorted((a, b) => scores[a]! - scores[b]!); // one for each layer
        return new Set(rising.slice(0, layers.length - count).map((place) => layers[place]!));
      };
      return {
        async survey(look) {
          const scores = await scorers[by](look, texts, layers, scored, opening);
          inScope(() => holdNumbers(held, 'scores', scores));
        },
        pace({ layer }, step, share) {
          resting ??= lowest();
          return resting.has(layer) ? undefined : { count: step + 1, share };
        },
      };
    },
  };
}

/** Looks at the texts and gives the score of each layer, up to a factor that is the same for all. */
type Scorer = (
  look: Look,
  texts: number,
  layers: readonly string[],
  scored: readonly Parameter[],
  opening: Opening,
) => Promise<readonly number[]>;

const scorers: Readonly<Record<Settings['by'], Scorer>> = {
  async fisher(look, texts, layers, scored, { trained, held }) {
    await sumSquares(look, trained, { texts: { atOnce: 1, most: texts, dropout: 'off' }, counts: isInLayer }, held);
    const scores = sumsByLayer(layers, scored, (parameter) => root(halfSquares(held.get(squaresOf(parameter))!))); // each was summed
    for (const parameter of scored) held.delete(squaresOf(parameter));
    return scores;
  },
  async rgn(look, texts, layers, scored, opening) {
    await sumGradients(look, texts, opening);
    const { held, weight } = opening;
    const ofGradients = sumsByLayer(layers, scored, (parameter) => halfSquares(gradientSum(held, parameter)!));
    const ofWeights = sumsByLayer(layers, scored, ({ name }) => halfSquares(weight(name)));
    dropSums(scored, held);
    return ofGradients.map((gradient, place) => Math.sqrt(gradient / ofWeights[place]!)); // one of each layer
  },
  async product(look, texts, layers, scored, opening) {
    await sumGradients(look, texts, opening);
    const { held, weight } = opening;
    const scores = sumsByLayer(layers, scored, (parameter) =>
      sumOfAll(absolute(multiply(gradientSum(held, parameter)!, weight(parameter.name)))),
    );
    dropSums(scored, held);
    return scores;
  },
};

const sumGradients = (look: Look, texts: number, { trained, held }: Opening): Promise<void> =>
  look.gradients({ atOnce: 1, most: texts, dropout: 'off' }, ({ gradients }) => {
    for (const [index, parameter] of trained.entries()) if (isInLayer(parameter)) addGradient(held, parameter, gradients[index]!); // in the same order
  });

function dropSums(scored: readonly Parameter[], held: Held): void {
  for (const parameter of scored) dropGradientSum(held, parameter);
}
