import type { Place } from '../../domain.ts';
import { normalCdf, normalQuantile } from '../../normal.ts';
import { type Distribution, deviationOf } from './distribution.ts';

/**
 * Keeps coordinates that come in steps moving: however narrow the distribution has become, the steps beside the mean's own
 * keep some probability. The mean and the stretch of such a coordinate give way, the covariance does not.
 * @param stepOf - the units of a coordinate that have one value; low and high are equal where it is continuous
 * @param margin - least probability of all other values of a coordinate
 * @see Hamano, Saito, Nomura, Shirakawa: CMA-ES with margin, GECCO 2022, arXiv:2205.13482, section 4
 */
export function withMargin(distribution: Distribution, stepOf: (coordinate: number, unit: number) => Place, margin: number): Distribution {
  const mean = Float64Array.from(distribution.mean);
  const stretch = Float64Array.from(distribution.stretch);
  for (let i = 0; i < mean.length; i += 1) {
    const step = stepOf(i, mean[i]!);
    if (step.low === step.high || (step.low <= 0 && step.high >= 1)) continue;
    const deviation = deviationOf(distribution, i);
    const given = step.low <= 0 || step.high >= 1 ? atAnEnd(mean[i]!, deviation, step, margin) : between(mean[i]!, deviation, step, margin);
    mean[i] = given.mean;
    stretch[i]! *= given.deviation / deviation;
  }
  return { ...distribution, mean, stretch };
}

interface Normal {
  readonly mean: number;
  readonly deviation: number;
}

/** Of the first and the last value only the mean gives way, towards the values beside it. */
function atAnEnd(mean: number, deviation: number, { low, high }: Place, margin: number): Normal {
  const reach = -normalQuantile(margin) * deviation; // within it of an edge, enough probability is beyond
  return { mean: low <= 0 ? Math.max(mean, high - reach) : Math.min(mean, low + reach), deviation };
}

/** Both sides get at least half the margin; what they gain is taken from those that have more. */
function between(mean: number, deviation: number, { low, high }: Place, margin: number): Normal {
  const least = margin / 2;
  const [belowNow, aboveNow] = [normalCdf((low - mean) / deviation), normalCdf((mean - high) / deviation)];
  if (belowNow >= least && aboveNow >= least) return { mean, deviation };
  const [raisedBelow, raisedAbove] = [Math.max(least, belowNow), Math.max(least, aboveNow)];
  const inside = 1 - belowNow - aboveNow;
  const excess = (1 - raisedBelow - raisedAbove - inside) / (raisedBelow + raisedAbove + inside - 3 * least);
  const toLow = -normalQuantile(raisedBelow + excess * (raisedBelow - least));
  const toHigh = -normalQuantile(raisedAbove + excess * (raisedAbove - least));
  return { mean: (low * toHigh + high * toLow) / (toLow + toHigh), deviation: (high - low) / (toLow + toHigh) };
}
