import type { Place } from '../../domain.ts';
import { normalCdf, normalQuantile } from '../../normal.ts';
import type { RandomStream } from '../../random.ts';

/** One dimension of several kernels: a little density around each observed value. All densities are relative to a random draw's. */
export interface Kernels {
  /** Log density of each kernel at a place. */
  logDensities(place: Place): Float64Array;
  /** A draw from one of the kernels, as a unit. */
  draw(kernel: number, random: RandomStream): number;
}

/** Normal distributions of one width around the middle of each place, cut off at 0 and 1. A value that owns several units has their mass. */
export function bells(places: readonly Place[], width: number): Kernels {
  const centres = Float64Array.from(places, middleOf);
  const below = centres.map((centre) => normalCdf(-centre / width)); // mass that is cut off at 0
  const mass = centres.map((centre, kernel) => normalCdf((1 - centre) / width) - below[kernel]!);
  const logPeaks = mass.map((share) => -Math.log(share * width * Math.sqrt(2 * Math.PI)));
  const known = new Map<number, Float64Array>(); // by `low`: values that own several units come again and again

  const logMasses = ({ low, high }: Place): Float64Array =>
    centres.map((centre, kernel) => {
      const share = normalCdf((high - centre) / width) - normalCdf((low - centre) / width);
      return Math.log(share / mass[kernel]! / (high - low));
    });

  return {
    logDensities(place) {
      if (place.low === place.high) return centres.map((centre, kernel) => logPeaks[kernel]! - ((place.low - centre) / width) ** 2 / 2);
      const masses = known.get(place.low) ?? logMasses(place);
      known.set(place.low, masses);
      return masses;
    },
    draw(kernel, random) {
      const share = below[kernel]! + random.uniform() * mass[kernel]!;
      const unit = centres[kernel]! + width * normalQuantile(Math.min(1 - 2 ** -53, Math.max(2 ** -54, share)));
      return Math.min(1 - 2 ** -53, Math.max(0, unit));
    },
  };
}

/**
 * Each observed choice, and with it every choice a little: as much of each as one observation in all would give.
 * @see Aitchison, Aitken: Multivariate binary discrimination by the kernel method, Biometrika 1976
 */
export function choices(places: readonly Place[], count: number): Kernels {
  const spread = 1 / (places.length + 1);
  const total = 1 + count * spread;
  const own = Math.log((count * (1 + spread)) / total);
  const other = Math.log((count * spread) / total);
  const indices = Float64Array.from(places, (place) => indexOf(place, count));
  return {
    logDensities: (place) => indices.map((index) => (index === indexOf(place, count) ? own : other)),
    draw(kernel, random) {
      const unit = random.uniform();
      return random.uniform() * total < 1 ? (indices[kernel]! + unit) / count : unit;
    },
  };
}

const middleOf = ({ low, high }: Place): number => (low + high) / 2;
const indexOf = (place: Place, count: number): number => Math.floor(middleOf(place) * count);
