import type { SweepLog } from '../log.ts';
import type { Sweep } from '../spec.ts';
import { cmaEs } from './cma-es/cma-es.ts';
import { gp } from './gp/gp.ts';
import { grid } from './grid.ts';
import { keepingConstraints } from './keeping-constraints.ts';
import { isPanelTurn, type PanelSettings, withPanel } from './panel.ts';
import { random } from './random.ts';
import type { Sampler } from './sampler.ts';
import { sobol } from './sobol.ts';
import { tpe } from './tpe/tpe.ts';

type Settings = Sweep['spec']['searchAlgorithm'];

/** The sampler of a checked sweep. Whatever it is, its suggestions keep the constraints of the space. */
export function samplerOf(settings: Settings): Sampler {
  return keepingConstraints(bareSamplerOf(settings), settings.seed);
}

function bareSamplerOf(settings: Settings): Sampler {
  const { name, seed, steps, startupTrials, objective } = settings;
  switch (name) {
    case 'random':
      return random({ seed });
    case 'grid':
      return grid({ steps });
    case 'sobol':
      return sobol({ seed });
    case 'tpe': // ! is safe, here and below: it has a default in a checked sweep
      return withPanel(tpe({ seed, startupTrials, objective: objective! }), settings);
    case 'cmaEs':
      return withPanel(cmaEs({ seed, objective: objective! }), settings);
    case 'gp':
      return withPanel(gp({ seed, startupTrials, objective: objective! }), panelOf(settings));
  }
}

/** Until enough trials have reported, gp fills the space evenly by itself; that is better than random draws, but not blind. */
function panelOf({ name, seed, startupTrials, randomShare }: Settings): PanelSettings & { readonly seed: number } {
  return { seed, randomShare, startupTrials: name === 'gp' ? 0 : startupTrials };
}

/** Whether the next suggestion is drawn from the space whatever the trials reported. A grid's points are not drawn. */
export function isDrawnBlindly(settings: Settings, log: SweepLog): boolean {
  switch (settings.name) {
    case 'random':
    case 'sobol':
      return true;
    case 'grid':
      return false;
    default:
      return isPanelTurn(panelOf(settings), log);
  }
}
