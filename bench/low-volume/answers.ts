/** What the findings say, with how sure that is. */
import { seededStream } from '../../study/random.ts';
import { bootstrapInterval, type Interval } from '../../study/statistics/bootstrap.ts';
import { holmAdjusted } from '../../study/statistics/holm.ts';
import { mean } from '../../study/statistics/quantile.ts';
import { signFlipP } from '../../study/statistics/sign-flip.ts';
import { baseline, frozenPrefixArm } from './arms.ts';
import type { Finding, Findings } from './findings.ts';

/** An arm against full fine-tuning with as many examples, seed by seed. */
export interface Comparison {
  readonly finding: Finding;
  /** Mean over the seeds; above 0, the arm is better. */
  readonly difference: number;
  readonly interval: Interval;
  readonly seeds: number;
  /** Of main arms, adjusted for how many of them there are. */
  readonly p?: number;
}

/** What counts as losing nothing: a point of accuracy. */
export const margin = 0.01;

const level = 0.05;

/** None where full fine-tuning is missing. Arms without a seed in common with it are left out. */
export function comparisonsWith(found: readonly Finding[], size: number): readonly Comparison[] {
  const all = found.filter((finding) => finding.size === size);
  const full = all.find(({ arm }) => arm === baseline);
  if (full === undefined) return [];
  const fullScores = new Map(full.scores.map(({ seed, score }) => [seed, score]));
  const compared = all
    .filter((finding) => finding !== full)
    .flatMap((finding) => {
      const differences = finding.scores.flatMap(({ seed, score }) => (fullScores.has(seed) ? [score - fullScores.get(seed)!] : []));
      if (differences.length === 0) return [];
      const interval = bootstrapInterval(
        differences.length,
        (drawn) => mean(drawn.map((seed) => differences[seed]!)),
        seededStream(size, 0),
      );
      const p = finding.isMain ? signFlipP(differences) : undefined;
      return [{ finding, difference: mean(differences), interval, seeds: differences.length, p }];
    });
  const adjusted = holmAdjusted(compared.flatMap(({ p }) => (p === undefined ? [] : [p]))).values();
  return compared.map(({ p, ...rest }) => (p === undefined ? rest : { ...rest, p: adjusted.next().value! })); // one for each p
}

/** Do searched rates beat uniform fine-tuning? A sentence for each number of examples. */
export function rateAnswers({ found, scope }: Findings): readonly string[] {
  return scope.sizes.map((size) => {
    const comparison = comparisonsWith(found, size).find(({ finding }) => finding.arm === 'per-layer');
    if (comparison?.p === undefined) return `With ${size} examples: not measured.`;
    const { difference, p, seeds } = comparison;
    const verdict = p > level ? 'no difference is shown' : difference > 0 ? 'searched rates win' : 'searched rates lose';
    return `With ${size} examples **${verdict}**: ${comparisonText(comparison)}${p > level ? tooFew(seeds) : ''}.`;
  });
}

/** `+0.4 points (95 % interval -0.2 to 1.0, p 0.31 after Holm, 10 seeds)` */
export function comparisonText(comparison: Comparison): string {
  const { difference, p, seeds } = comparison;
  const tested = p === undefined ? '' : `, p ${shownP(p)} after Holm`;
  return `${signed(difference)} points (95 % interval ${rangeText(comparison)}${tested}, ${seeds} seeds)`;
}

export const rangeText = ({ interval }: Comparison): string => `${signed(interval.low)} to ${signed(interval.high)}`;

/** The least p that so many pairs can give. */
function tooFew(seeds: number): string {
  const least = 2 / 2 ** seeds;
  return least > level ? `; with ${seeds} seeds none could be, for p is never below ${shownP(least)}` : '';
}

/** Is the profile of importance over layers uneven? A sentence for each number of examples; p adjusted for these. */
export function profileAnswers({ found, scope }: Findings): readonly string[] {
  const profiles = scope.sizes.flatMap((size) => {
    const profile = found.find((finding) => finding.size === size && finding.profile !== undefined)?.profile;
    return profile === undefined ? [] : [{ size, profile }];
  });
  const ps = holmAdjusted(profiles.map(({ profile }) => profile.p));
  if (profiles.length === 0) return ['Not measured.'];
  return profiles.map(({ size, profile: { layers, trials } }, index) => {
    const p = ps[index]!; // one for each
    const [most] = layers.toSorted((a, b) => Math.abs(b.rho) - Math.abs(a.rho));
    const peak = `; the strongest is ${layerName(most!.layer)}, where a higher rate is ${most!.rho > 0 ? 'better' : 'worse'} (rank correlation ${most!.rho.toFixed(2)})`;
    const verdict = p > level ? 'it is **not shown to be uneven**' : 'it **is uneven**';
    return `With ${size} examples ${verdict} (p ${shownP(p)} after Holm, ${trials} blindly drawn trials)${p > level ? '' : peak}.`;
  });
}

/** Which layers can stay frozen? By the longest prefix that is shown to lose less than the margin. */
export function frozenAnswers({ found, scope, model: { layers } }: Findings): readonly string[] {
  const armOf = (frozen: number): string => (frozen === layers ? 'head-only' : frozenPrefixArm(frozen));
  return scope.sizes.map((size) => {
    const compared = comparisonsWith(found, size);
    if (compared.length === 0) return `With ${size} examples: not measured.`;
    const fixed = Array.from({ length: layers }, (_, index) => layers - index).flatMap((frozen) =>
      compared.filter(({ finding }) => finding.arm === armOf(frozen)).map((comparison) => ({ frozen, comparison })),
    );
    const chosen = compared
      .filter(({ finding }) => finding.arm === 'prefix')
      .map((comparison) => ({ frozen: Number(comparison.finding.best.assignment['layers.frozenPrefix']), comparison }));
    const enough = [...fixed, ...chosen]
      .toSorted((a, b) => b.frozen - a.frozen)
      .find(({ comparison }) => comparison.interval.low > -margin);
    if (enough === undefined) return `With ${size} examples **none is shown** to lose less than a point.`;
    const what = enough.frozen === layers ? 'the whole encoder' : `the embeddings and ${layersBelow(enough.frozen)}`;
    return `With ${size} examples **${what}** can: ${comparisonText(enough.comparison)}.`;
  });
}

const layersBelow = (count: number): string => (count === 1 ? 'layer 0' : `layers 0–${count - 1}`);
export const layerName = (layer: string): string => (/^\d+$/.test(layer) ? `layer ${layer}` : layer);
/** In points of accuracy. */
export const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(100 * value).toFixed(1)}`;
export const shownP = (p: number): string => (p < 0.001 ? 'below 0.001' : p.toFixed(p < 0.1 ? 3 : 2));
