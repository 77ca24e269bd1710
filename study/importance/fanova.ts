import { seededStream } from '../random.ts';
import { type Leaf, leavesOfTree, type Points } from './regression-tree.ts';

const trees = 64;

/** Shares of the variance of what a forest predicts over the whole space. */
export interface MainEffect {
  readonly share: number;
  /** The part of it that is due to the side of the cut, for a feature that has one; else 0. */
  readonly acrossCut: number;
}

/**
 * Functional ANOVA: how much of the variance of a random forest's predictions each feature explains by itself. Space is
 * measured by how likely draws are. What features do only together is in no share, so they sum to at most 1.
 * @param points - of at least two trials
 * @param cuts - one per feature: where it falls into two parts that differ in kind, such as frozen and trained
 * @returns one effect per feature; all 0 when all values are equal
 * @see Hutter, Hoos, Leyton-Brown, An efficient approach for assessing hyperparameter importance, ICML 2014
 */
export function fanova(
  points: Points,
  values: readonly number[],
  cuts: readonly (number | undefined)[],
  seed: number,
): readonly MainEffect[] {
  const found = Array.from({ length: trees }, (_, tree) => {
    const leaves = leavesOfTree(points, values, seededStream(seed, tree));
    const whole = variance(leaves.map(({ low, high, value }) => ({ value, weight: volume(low, high) })));
    return whole > 0 ? cuts.map((cut, feature) => effectOf(leaves, feature, cut, whole)) : [];
  }).filter((effects) => effects.length > 0);
  const mean = (feature: number, part: keyof MainEffect): number =>
    found.reduce((sum, effects) => sum + effects[feature]![part], 0) / Math.max(1, found.length);
  return cuts.map((_, feature) => ({ share: mean(feature, 'share'), acrossCut: mean(feature, 'acrossCut') }));
}

function effectOf(leaves: readonly Leaf[], feature: number, cut: number | undefined, whole: number): MainEffect {
  const marginal = marginalOf(leaves, feature, cut);
  const share = variance(marginal) / whole;
  if (cut === undefined) return { share, acrossCut: 0 };
  const sides = [marginal.filter(({ from }) => from < cut), marginal.filter(({ from }) => from >= cut)].map((pieces) => {
    const weight = pieces.reduce((sum, piece) => sum + piece.weight, 0);
    return { weight, value: pieces.reduce((sum, piece) => sum + piece.weight * piece.value, 0) / weight };
  });
  return { share, acrossCut: variance(sides.filter(({ weight }) => weight > 0)) / whole };
}

interface Piece {
  readonly value: number;
  readonly weight: number;
}

/** The mean prediction along one feature, all others drawn at random: constant pieces from 0 to 1. */
function marginalOf(leaves: readonly Leaf[], feature: number, cut: number | undefined): readonly (Piece & { readonly from: number })[] {
  const changes = new Map<number, number>(cut === undefined ? [] : [[cut, 0]]);
  for (const { low, high, value } of leaves) {
    const [from, to] = [low[feature]!, high[feature]!];
    const part = (value * volume(low, high)) / (to - from);
    changes.set(from, (changes.get(from) ?? 0) + part);
    changes.set(to, (changes.get(to) ?? 0) - part);
  }
  const edges = [...changes.keys()].sort((a, b) => a - b);
  let value = 0;
  return edges.slice(0, -1).map((from, index) => {
    value += changes.get(from)!;
    return { from, value, weight: edges[index + 1]! - from };
  });
}

const volume = (low: readonly number[], high: readonly number[]): number =>
  low.reduce((product, from, feature) => product * (high[feature]! - from), 1);

function variance(pieces: readonly Piece[]): number {
  const weight = pieces.reduce((sum, piece) => sum + piece.weight, 0);
  const mean = pieces.reduce((sum, piece) => sum + piece.weight * piece.value, 0) / weight;
  return pieces.reduce((sum, piece) => sum + piece.weight * (piece.value - mean) ** 2, 0) / weight;
}
