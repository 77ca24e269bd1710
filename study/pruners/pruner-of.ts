import { asha } from './asha.ts';
import { none } from './none.ts';
import type { Pruner } from './pruner.ts';

export type PrunerSettings =
  | { readonly name: 'none' }
  | { readonly name: 'asha'; readonly mode: 'promote' | 'stop'; readonly reductionFactor: number };

export function prunerOf(settings: PrunerSettings): Pruner {
  switch (settings.name) {
    case 'none':
      return none();
    case 'asha':
      return asha(settings);
  }
}
