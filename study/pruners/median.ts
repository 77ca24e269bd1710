import { type PercentileSettings, percentile } from './percentile.ts';
import type { Pruner } from './pruner.ts';

export type MedianSettings = Omit<PercentileSettings, 'percentile'>;

/** The median rule: the percentile rule at 50. */
export const median = (settings: MedianSettings): Pruner => percentile({ ...settings, percentile: 50 });
