import type { RandomStream } from '../random.ts';
import type { LayerConfiguration } from '../trial.ts';
import { adjustedForMany } from './benjamini-hochberg.ts';
import { fewestTrials } from './sample.ts';
import { type RankCorrelation, spearman } from './spearman.ts';

/** How a layer's setting goes along with the result, trial by trial. Above 0, frozen or a higher rate is better. */
export interface LayerCorrelation {
  /** `embeddings`, `0` … `L-1`, `head`. */
  readonly layer: string;
  /** Share of the trials that froze it. */
  readonly frozenShare: number;
  /** Absent where it was always frozen, or never. */
  readonly frozen?: RankCorrelation;
  /** Among the trials that trained it. */
  readonly rate?: RankCorrelation;
}

/**
 * Rank correlation of each layer with the result, whatever the scheme of the search: of its rate, and of whether it was
 * frozen. All p are adjusted together. In a scheme that ties layers to each other their correlations are tied as well.
 * @param configurations - one per trial, of the same layers
 * @param scores - one per trial; higher is better
 */
export function layerCorrelations(
  configurations: readonly LayerConfiguration[],
  scores: readonly number[],
  random: RandomStream,
): readonly LayerCorrelation[] {
  const found = configurations[0]!.map(({ name }, index) => {
    const rates = configurations.map((layers) => rateOf(layers[index]!));
    const trained = rates.flatMap((rate, trial) => (rate === undefined ? [] : [{ rate, score: scores[trial]! }]));
    return {
      layer: name,
      frozenShare: 1 - trained.length / rates.length,
      frozen: spearman(
        rates.map((rate) => Number(rate === undefined)),
        scores,
        random,
      ),
      rate:
        trained.length < fewestTrials
          ? undefined
          : spearman(
              trained.map(({ rate }) => rate),
              trained.map(({ score }) => score),
              random,
            ),
    };
  });
  const adjusted = adjustedForMany(found.flatMap(({ frozen, rate }) => [frozen, rate]));
  return found.map(({ layer, frozenShare }, index) => {
    const [frozen, rate] = [adjusted[2 * index], adjusted[2 * index + 1]];
    return { layer, frozenShare, ...(frozen && { frozen }), ...(rate && { rate }) };
  });
}

/** Of a layer whose parts differ, that of the fastest. */
function rateOf(layer: LayerConfiguration[number]): number | undefined {
  if (layer.mode === 'mixed') return Math.max(...layer.parts.map((part) => (part.mode === 'frozen' ? 0 : part.learningRate)));
  return layer.mode === 'frozen' ? undefined : layer.learningRate;
}
