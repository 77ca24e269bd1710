import type { Losses } from '../../dominance.ts';
import { seededStream } from '../../random.ts';
import type { Scalarisation } from './one-loss.ts';

/** How much the sum counts beside the worst: enough that what is dominated is never as good as what dominates it. */
const share = 0.05;

/**
 * Augmented Chebyshev scalarisation under random weights: the worst of the weighted losses, each between 0 for the least
 * and 1 for the most that was seen. Each suggestion has weights of its own, so that over time all parts of the front are
 * looked for.
 * @see Knowles: ParEGO, IEEE TEC 10(1), 2006
 */
export function randomChebyshev(seed: number): Scalarisation {
  return (points, asked) => {
    const random = seededStream(seed, asked);
    const weights = simplexWeights((points[0] ?? []).map(() => random.uniform()));
    const scaled = unitScale(points);
    return scaled.map((losses) => {
      const weighted = losses.map((loss, objective) => weights[objective]! * loss);
      return Math.max(...weighted) + share * weighted.reduce((sum, loss) => sum + loss, 0);
    });
  };
}

/** Even over all weights that sum to 1. */
function simplexWeights(units: readonly number[]): readonly number[] {
  const logs = units.map((unit) => -Math.log(1 - unit));
  const sum = logs.reduce((total, each) => total + each, 0);
  return logs.map((each) => (sum === 0 ? 1 / logs.length : each / sum));
}

function unitScale(points: readonly Losses[]): readonly Losses[] {
  const columns = (points[0] ?? []).map((_, objective) => points.map((losses) => losses[objective]!));
  const ranges = columns.map((column) => ({ least: Math.min(...column), width: Math.max(...column) - Math.min(...column) }));
  return points.map((losses) =>
    losses.map((loss, objective) => {
      const { least, width } = ranges[objective]!;
      return width === 0 ? 0 : (loss - least) / width;
    }),
  );
}
