import type { SweepLog } from '../log.ts';
import { random } from './random.ts';
import type { Sampler } from './sampler.ts';
import { searchedTrials } from './searched.ts';

/** How many trials of a sampler that learns are drawn from the space whatever the others reported. */
export interface PanelSettings {
  /** The first so many. */
  readonly startupTrials: number;
  /** And this share of the later ones. */
  readonly randomShare: number;
}

/**
 * Whether the next suggestion belongs to the panel: trials drawn blindly, so that no part of the space stays unseen and
 * importance has a sample that the search did not bend. The share is spread evenly, not drawn: of a share of 1/5 every
 * fifth trial is one.
 */
export function isPanelTurn({ startupTrials, randomShare }: PanelSettings, log: SweepLog): boolean {
  const later = searchedTrials(log).filter(({ isSampled }) => isSampled).length - startupTrials;
  return later < 0 || Math.floor((later + 1) * randomShare) > Math.floor(later * randomShare);
}

/** A sampler that learns, with its panel. */
export function withPanel(learning: Sampler, { seed, ...panel }: PanelSettings & { readonly seed: number }): Sampler {
  const blind = random({ seed });
  return (space, log) => (isPanelTurn(panel, log) ? blind : learning)(space, log);
}
