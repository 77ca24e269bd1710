import { normalCdf } from '../normal.ts';

/** The values of one setting, put into cells. */
export interface Column {
  /** One entry per trial: a cell from 0 to `count` - 1, or undefined where the trial does not have the setting. */
  readonly cells: readonly (number | undefined)[];
  readonly count: number;
  /** Whether neighbouring cells are alike. */
  readonly isOrdered: boolean;
}

/**
 * PED-ANOVA: how far the density of the good trials along a setting is from that of all trials. For a setting that only
 * some trials have, the divergence among those, weighted by how many of the good and of all trials they are.
 * @param isGood - one entry per trial
 * @returns at least 0; only its size beside that of other settings means anything
 * @see Watanabe, Bansal, Hutter, IJCAI 2023, arXiv:2304.10255; for conditional settings arXiv:2601.20800, theorem 4.2
 */
export function pedAnova({ cells, count, isOrdered }: Column, isGood: readonly boolean[]): number {
  const all = cells.filter((cell) => cell !== undefined);
  const good = cells.filter((cell, trial) => cell !== undefined && isGood[trial]) as number[]; // filter cannot tell
  if (all.length < 2 || good.length === 0 || count < 2) return 0;
  const density = isOrdered ? smoothed : shares;
  const divergence = pearsonDivergence(density(good, count), density(all, count));
  return (good.length / cells.length) ** 2 * (cells.length / all.length) * divergence;
}

/**
 * Pearson divergence of one density from another.
 * @param good - probability per cell; length m, sums to 1
 * @param all - the same, no cell empty (the prior sees to that)
 */
function pearsonDivergence(good: readonly number[], all: readonly number[]): number {
  return all.reduce((sum, share, cell) => sum + (good[cell]! - share) ** 2 / share, 0);
}

/** Keeps cells that nothing was seen in from being impossible. */
const floor = 1e-12;

/** Normal kernels on whole cells, as wide as Scott's rule says but no narrower than a cell, and one as wide as the grid for a prior. */
function smoothed(cells: readonly number[], count: number): readonly number[] {
  const width = Math.max(scottWidth(cells), 0.5 / 1.64); // 90 % of the narrowest kernel lie within its cell
  const kernels = [...cells.map((center) => ({ center, width })), { center: (count - 1) / 2, width: count }];
  const density = Array<number>(count).fill(floor);
  for (const { center, width } of kernels) {
    const below = Array.from({ length: count + 1 }, (_, edge) => normalCdf((edge - 0.5 - center) / width));
    const mass = below[count]! - below[0]!;
    for (let cell = 0; cell < count; cell += 1) density[cell]! += (below[cell + 1]! - below[cell]!) / mass / kernels.length;
  }
  return density;
}

/** @see Scott, Multivariate Density Estimation, 1992 */
function scottWidth(cells: readonly number[]): number {
  const n = cells.length;
  const sorted = cells.toSorted((a, b) => a - b);
  const mean = cells.reduce((sum, cell) => sum + cell, 0) / n;
  const deviation = Math.sqrt(cells.reduce((sum, cell) => sum + (cell - mean) ** 2, 0) / Math.max(1, n - 1));
  const first = sorted[Math.max(0, Math.floor(n / 4) - 1)]!;
  const third = sorted[Math.min(n - 1, Math.floor((n * 3) / 4))]!;
  return 1.059 * Math.min((third - first) / 1.34, deviation) * n ** -0.2;
}

/** How often each cell was seen; of each look a little goes to every cell, the less the more different ones were seen. */
function shares(cells: readonly number[], count: number): readonly number[] {
  const seen = new Set(cells).size;
  const prior = 1 / (seen + 1);
  const whole = count * prior + 1;
  const density = Array<number>(count).fill(floor + 1 / count / (cells.length + 1));
  for (const own of cells) {
    for (let cell = 0; cell < count; cell += 1) density[cell]! += ((cell === own ? 1 : 0) + prior) / whole / (cells.length + 1);
  }
  return density;
}
