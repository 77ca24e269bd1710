import { type AshaSettings, asha } from './asha.ts';
import { type CurveSettings, curve } from './curve.ts';
import { hyperband } from './hyperband.ts';
import { type MedianSettings, median } from './median.ts';
import { none } from './none.ts';
import { type PashaSettings, pasha } from './pasha.ts';
import { type PatienceSettings, patience } from './patience.ts';
import { type PercentileSettings, percentile } from './percentile.ts';
import type { Pruner } from './pruner.ts';
import { type ThresholdSettings, threshold } from './threshold.ts';
import { type WilcoxonSettings, wilcoxon } from './wilcoxon.ts';

export type PrunerSettings =
  | { readonly name: 'none' }
  | ({ readonly name: 'asha' | 'hyperband' } & AshaSettings)
  | ({ readonly name: 'pasha' } & PashaSettings)
  | ({ readonly name: 'median' } & MedianSettings)
  | ({ readonly name: 'percentile' } & PercentileSettings)
  | ({ readonly name: 'threshold' } & ThresholdSettings)
  | ({ readonly name: 'patience' } & PatienceSettings)
  | ({ readonly name: 'curve' } & CurveSettings)
  | ({ readonly name: 'wilcoxon' } & WilcoxonSettings);

export function prunerOf(settings: PrunerSettings): Pruner {
  switch (settings.name) {
    case 'none':
      return none();
    case 'asha':
      return asha(settings);
    case 'hyperband':
      return hyperband(settings);
    case 'pasha':
      return pasha(settings);
    case 'median':
      return median(settings);
    case 'percentile':
      return percentile(settings);
    case 'threshold':
      return threshold(settings);
    case 'patience':
      return patience(settings);
    case 'curve':
      return curve(settings);
    case 'wilcoxon':
      return wilcoxon(settings);
  }
}
