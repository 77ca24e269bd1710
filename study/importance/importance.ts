/** How much each searched setting matters, by methods that err in different ways. */
import type { SearchSpace } from '../dimension.ts';
import { placeIn } from '../domain.ts';
import { normalQuantile } from '../normal.ts';
import { type RandomStream, seededStream } from '../random.ts';
import type { Assignment, LayerConfiguration } from '../trial.ts';
import { adjustedForMany } from './benjamini-hochberg.ts';
import { bestShare } from './best-share.ts';
import { fanova } from './fanova.ts';
import { labelOf } from './labels.ts';
import { type LayerCorrelation, layerCorrelations } from './layer-correlations.ts';
import { partialEffects } from './partial-effects.ts';
import { pedAnova } from './ped-anova.ts';
import { fewestTrials, type Sample } from './sample.ts';
import { type Searched, type Setting, searchedDimensions, settingsOf } from './settings.ts';
import { type RankCorrelation, ranksOf, spearman } from './spearman.ts';

export interface SettingImportance {
  /** The dimension's name. */
  readonly name: string;
  /** As a person calls it. */
  readonly label: string;
  /** Where a layer may be frozen or have a rate: which of the two this is about. */
  readonly aspect?: 'frozen' | 'rate';
  /** Share of the variance of trial ranks that it explains beside the others (partial-effects.ts), with its 95 % interval. */
  readonly share: number;
  readonly interval: readonly [number, number];
  /** Of a share this large by chance, adjusted for the number of settings. */
  readonly p: number;
  /** How much it has to do with getting among the best tenth, as a share of what all settings have. */
  readonly pedAnova: number;
  /** Share of the variance of a random forest's predictions; absent for settings that some trials do not have. */
  readonly fanova?: number;
  /** Rank correlation with the result, p adjusted too: above 0, larger is better. Absent where values have no order. */
  readonly correlation?: RankCorrelation;
}

export interface Importance {
  readonly sample: Sample['kind'];
  readonly trials: number;
  /** The largest share first. */
  readonly settings: readonly SettingImportance[];
  /** Bottom to top; empty where layers are not known. */
  readonly layers: readonly LayerCorrelation[];
}

/** Of PED-ANOVA: what counts as good. As Optuna has it. */
const goodShare = 0.1;

/**
 * @param layersOf - the layer configuration of an assignment
 * @param seed - of shuffles, resampling and forests: the same log gives the same figures
 * @returns undefined when there are too few trials, or all are equal, or nothing is searched
 */
export function importanceOf(
  space: SearchSpace,
  { kind, assignments, losses }: Sample,
  layersOf: (assignment: Assignment) => LayerConfiguration | undefined,
  seed: number,
): Importance | undefined {
  const searched = searchedDimensions(space, assignments);
  const scores = scoresOf(losses);
  const settings = searched.flatMap(settingsOf);
  if (losses.length < fewestTrials || settings.length === 0 || new Set(scores).size < 2) return undefined;

  const random = seededStream(seed, 0);
  const isGood = bestShare(losses, goodShare);
  const divergences = settings.map(({ column }) => pedAnova(column, isGood));
  const whole = divergences.reduce((sum, one) => sum + one, 0);
  const forest = forestShares(searched, scores, seed);
  const correlations = adjustedForMany(settings.map((setting) => correlationOf(setting, scores, random)));
  const effects = adjustedForMany(
    partialEffects(
      settings.map(({ group }) => group),
      scores,
      random,
    ),
  );
  const found = settings.map(({ dimension, aspect }, index): SettingImportance => {
    const { name } = dimension;
    const fanovaShare = forest.get(name)?.[aspect ?? 'whole'];
    const correlation = correlations[index];
    return {
      name,
      label: labelOf(dimension, aspect),
      ...(aspect && { aspect }),
      ...effects[index]!,
      pedAnova: whole === 0 ? 0 : divergences[index]! / whole,
      ...(fanovaShare !== undefined && { fanova: fanovaShare }),
      ...(correlation && { correlation }),
    };
  });
  const configurations = assignments.map(layersOf).filter((layers) => layers !== undefined);
  return {
    sample: kind,
    trials: losses.length,
    settings: found.toSorted((a, b) => b.share - a.share),
    layers: configurations.length === scores.length ? layerCorrelations(configurations, scores, random) : [],
  };
}

/** Ranks spread as a normal distribution, the best highest: what diverged is no further off than any last rank. */
function scoresOf(losses: readonly number[]): readonly number[] {
  return ranksOf(losses).map((rank) => -normalQuantile((rank - 0.375) / (losses.length + 0.25)));
}

type ForestShares = Readonly<Record<'whole' | 'frozen' | 'rate', number>>;

/** By dimension, of those that take effect in every trial. */
function forestShares(searched: readonly Searched[], scores: readonly number[], seed: number): ReadonlyMap<string, ForestShares> {
  const present = searched.filter(({ values }) => values.every((value) => value !== undefined));
  if (present.length === 0) return new Map();
  const points = scores.map((_, trial) => present.map(({ dimension, values }) => placeIn(dimension.domain, values[trial]!)));
  const cuts = present.map(({ dimension: { domain } }) => (domain.kind === 'frozenOrRate' ? domain.frozenProbability : undefined));
  const effects = fanova(points, scores, cuts, seed);
  return new Map(
    present.map(({ dimension }, index) => {
      const { share, acrossCut } = effects[index]!;
      return [dimension.name, { whole: share, frozen: acrossCut, rate: share - acrossCut }];
    }),
  );
}

function correlationOf({ positions }: Setting, scores: readonly number[], random: RandomStream) {
  const present = positions.flatMap((position, trial) => (position === undefined ? [] : [{ position, score: scores[trial]! }]));
  return present.length < fewestTrials
    ? undefined
    : spearman(
        present.map(({ position }) => position),
        present.map(({ score }) => score),
        random,
      );
}
