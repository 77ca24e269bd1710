import type { Sweep } from '../spec.ts';
import { grid } from './grid.ts';
import { random } from './random.ts';
import type { Sampler } from './sampler.ts';
import { sobol } from './sobol.ts';

export function samplerOf({ name, seed, steps }: Sweep['spec']['searchAlgorithm']): Sampler {
  switch (name) {
    case 'random':
      return random({ seed });
    case 'grid':
      return grid({ steps });
    case 'sobol':
      return sobol({ seed });
  }
}
