import type { Domain } from '../../dimension.ts';
import type { Place } from '../../domain.ts';
import { normalCdf, normalQuantile } from '../../normal.ts';
import type { RandomStream } from '../../random.ts';
import { widthsOf } from './widths.ts';

/** One dimension of several kernels: a little density around each observed value. All densities are relative to a random draw's. */
export interface Kernels {
  /** Adds to each sum the log density of its kernel at a place. */
  addLogDensities(place: Place, sums: Float64Array): void;
  /** A draw from one of the kernels, as a unit. */
  draw(kernel: number, random: RandomStream): number;
}

/** Of the observed values; undefined where the dimension had no effect. Such a kernel is even: as random draws are. */
type Places = readonly (Place | undefined)[];

/** @param leastWidth - of a bell */
export function kernelsOf(domain: Domain, places: Places, leastWidth: number): Kernels {
  switch (domain.kind) {
    case 'categorical':
      return choices(places, domain.choices.length);
    case 'frozenOrRate':
      return frozenOrBells(places, domain.frozenProbability, leastWidth);
    default:
      return bells(places, leastWidth);
  }
}

/** Normal distributions around the middle of each place, cut off at 0 and 1. A value that owns several units has their mass. */
function bells(places: Places, leastWidth: number): Kernels {
  const middles = centresOf(places);
  const slopes = widthsOf(middles, leastWidth).map((width) => 1 / width); // 0 makes a bell even
  const centres = middles.map((middle) => (Number.isNaN(middle) ? 0 : middle));
  const below = centres.map((centre, kernel) => normalCdf(-centre * slopes[kernel]!)); // mass that is cut off at 0
  const mass = centres.map((centre, kernel) => normalCdf((1 - centre) * slopes[kernel]!) - below[kernel]!);
  const logPeaks = slopes.map((slope, kernel) => (slope === 0 ? 0 : Math.log(slope / mass[kernel]! / Math.sqrt(2 * Math.PI))));
  const known = new Map<number, Float64Array>(); // by `low`: values that own several units come again and again

  const logMasses = ({ low, high }: Place): Float64Array =>
    centres.map((centre, kernel) => {
      const slope = slopes[kernel]!;
      if (slope === 0) return 0;
      return Math.log((normalCdf((high - centre) * slope) - normalCdf((low - centre) * slope)) / mass[kernel]! / (high - low));
    });

  return {
    addLogDensities(place, sums) {
      if (place.low !== place.high) {
        const masses = known.get(place.low) ?? logMasses(place);
        known.set(place.low, masses);
        for (let kernel = 0; kernel < masses.length; kernel += 1) sums[kernel]! += masses[kernel]!;
        return;
      }
      for (let kernel = 0; kernel < centres.length; kernel += 1) {
        const deviations = (place.low - centres[kernel]!) * slopes[kernel]!;
        sums[kernel]! += logPeaks[kernel]! - (deviations * deviations) / 2;
      }
    },
    draw(kernel, random) {
      const share = random.uniform();
      if (slopes[kernel] === 0) return share;
      const quantile = normalQuantile(Math.min(1 - 2 ** -53, Math.max(2 ** -54, below[kernel]! + share * mass[kernel]!)));
      return Math.min(1 - 2 ** -53, Math.max(0, centres[kernel]! + quantile / slopes[kernel]!));
    },
  };
}

/** The middle of each place; NaN where there is none. */
function centresOf(places: Places): Float64Array {
  const centres = new Float64Array(places.length);
  for (let kernel = 0; kernel < centres.length; kernel += 1) {
    const place = places[kernel];
    centres[kernel] = place === undefined ? Number.NaN : middleOf(place);
  }
  return centres;
}

/**
 * Each observed choice, and with it every choice a little: as much of each as one observation in all would give.
 * @see Aitchison, Aitken: Multivariate binary discrimination by the kernel method, Biometrika 1976
 */
function choices(places: Places, count: number): Kernels {
  const spread = 1 / (places.length + 1);
  const total = 1 + count * spread;
  const own = Math.log((count * (1 + spread)) / total);
  const other = Math.log((count * spread) / total);
  const chosen = places.map((place) => place && choiceAt(place, count));
  return {
    addLogDensities(place, sums) {
      const choice = choiceAt(place, count);
      for (const [kernel, seen] of chosen.entries()) if (seen !== undefined) sums[kernel]! += seen === choice ? own : other;
    },
    draw(kernel, random) {
      const unit = random.uniform();
      const seen = chosen[kernel];
      return seen !== undefined && random.uniform() * total < 1 ? (seen + unit) / count : unit;
    },
  };
}

/**
 * Frozen or not is a choice between two, of which the units below `frozenShare` mean frozen; a rate has a bell among the
 * rates, and a layer that was frozen says nothing about them.
 */
function frozenOrBells(places: Places, frozenShare: number, leastWidth: number): Kernels {
  const rateShare = 1 - frozenShare;
  const isFrozen = ({ low }: Place): boolean => low < frozenShare;
  const rateOf = ({ low, high }: Place): Place => ({ low: (low - frozenShare) / rateShare, high: (high - frozenShare) / rateShare });
  const rates = bells(
    places.map((place) => (place === undefined || isFrozen(place) ? undefined : rateOf(place))),
    leastWidth,
  );
  const spread = 2 / (places.length + 1); // as `choices` of two have, dealt out as random draws are
  const frozenMass = Float64Array.from(places, (place) =>
    place === undefined ? frozenShare : (Number(isFrozen(place)) + spread * frozenShare) / (1 + spread),
  );
  const logFrozen = frozenMass.map((mass) => Math.log(mass / frozenShare));
  const logRate = frozenMass.map((mass) => Math.log((1 - mass) / rateShare));
  return {
    addLogDensities(place, sums) {
      const logs = isFrozen(place) ? logFrozen : logRate;
      for (let kernel = 0; kernel < logs.length; kernel += 1) sums[kernel]! += logs[kernel]!;
      if (!isFrozen(place)) rates.addLogDensities(rateOf(place), sums);
    },
    draw(kernel, random) {
      if (random.uniform() < frozenMass[kernel]!) return random.uniform() * frozenShare;
      return Math.min(1 - 2 ** -53, frozenShare + rateShare * rates.draw(kernel, random));
    },
  };
}

const middleOf = ({ low, high }: Place): number => (low + high) / 2;
const choiceAt = (place: Place, count: number): number => Math.floor(middleOf(place) * count);
