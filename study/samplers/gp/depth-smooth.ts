import type { SearchSpace } from '../../dimension.ts';
import { normalCdf, normalQuantile } from '../../normal.ts';
import { lastUnit, type Units } from './units.ts';

/** Scale of a cosine mode over depth: the level of the profile comes first, the rest falls with the mode. */
export type Falloff = (mode: number) => number;

export const smooth: Falloff = (mode) => (mode === 0 ? 0.85 : mode ** -1.25);
export const rough: Falloff = (mode) => (mode === 0 ? 0.85 : mode ** -0.2);

/**
 * Configurations whose neighbouring layers are set alike: even numbers become the weights of cosine modes over depth. Each
 * setting by itself is still spread evenly over its units; only what neighbours have to do with each other is new.
 * @param evenly - one number in [0, 1) per dimension; those of dimensions that are no layer's stay as they are
 */
export function smoothOverDepth(space: SearchSpace, evenly: readonly number[], falloff: Falloff): Units {
  const units = Float64Array.from(evenly);
  const layers = space.flatMap(({ layer }, place) => (layer === undefined ? [] : [{ ...layer, place }]));
  for (const group of Map.groupBy(layers, ({ of }) => of).values()) {
    const places = group.toSorted((a, b) => a.index - b.index).map(({ place }) => place);
    const weights = places.map((place) => normalQuantile(Math.min(lastUnit, Math.max(2 ** -54, evenly[place]!))));
    for (const [step, place] of places.entries()) {
      const shares = places.map((_, mode) => falloff(mode) * Math.cos((Math.PI * mode * (step + 0.5)) / places.length));
      const profile = shares.reduce((sum, share, mode) => sum + share * weights[mode]!, 0);
      units[place] = Math.min(lastUnit, normalCdf(profile / Math.hypot(...shares)));
    }
  }
  return units;
}
