import type { Sweep } from '../spec.ts';
import { grid } from './grid.ts';
import { random } from './random.ts';
import type { Sampler } from './sampler.ts';
import { sobol } from './sobol.ts';
import { tpe } from './tpe/tpe.ts';

export function samplerOf(settings: Sweep['spec']['searchAlgorithm']): Sampler {
  const { name, seed, steps, startupTrials, randomShare, objective } = settings;
  switch (name) {
    case 'random':
      return random({ seed });
    case 'grid':
      return grid({ steps });
    case 'sobol':
      return sobol({ seed });
    case 'tpe':
      return tpe({ seed, startupTrials, randomShare, objective: objective! }); // ! is safe: it has a default in a checked sweep
  }
}
