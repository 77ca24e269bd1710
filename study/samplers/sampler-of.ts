import type { Sweep } from '../spec.ts';
import type { Objective } from '../trial.ts';
import { cmaEs } from './cma-es/cma-es.ts';
import { gp } from './gp/gp.ts';
import { grid } from './grid.ts';
import { keepingConstraints } from './keeping-constraints.ts';
import { nsga2 } from './nsga2/nsga2.ts';
import { withPanel } from './panel.ts';
import { random } from './random.ts';
import type { Sampler } from './sampler.ts';
import { randomChebyshev } from './several-objectives/chebyshev.ts';
import { oneLoss, withOneLoss } from './several-objectives/one-loss.ts';
import { splitByParetoRank } from './several-objectives/pareto-rank.ts';
import { sobol } from './sobol.ts';
import { tpe } from './tpe/tpe.ts';

type Settings = Sweep['spec']['searchAlgorithm'];

/** What a sampler may have to know of the sweep. */
interface Searched {
  /** At least one. */
  readonly objectives: readonly Objective[];
}

/** The sampler of a checked sweep. Whatever it is, its suggestions keep the constraints of the space. */
export function samplerOf(settings: Settings, searched: Searched): Sampler {
  return keepingConstraints(bareSamplerOf(settings, searched), settings.seed);
}

function bareSamplerOf(settings: Settings, { objectives }: Searched): Sampler {
  const { name, seed, steps, startupTrials, objective } = settings;
  /** Several objectives are seen as one, unless the sweep names the one to learn from: by rank where that is what counts. */
  const learner = (build: (objective: Objective) => Sampler): Sampler =>
    objective === undefined ? withOneLoss(build(oneLoss), objectives, splitByParetoRank) : build(objective);
  switch (name) {
    case 'random':
      return random({ seed });
    case 'grid':
      return grid({ steps });
    case 'sobol':
      return sobol({ seed });
    case 'tpe':
      return withPanel(
        learner((objective) => tpe({ seed, startupTrials, objective })),
        settings,
      );
    case 'cmaEs':
      return withPanel(
        learner((objective) => cmaEs({ seed, objective })),
        settings,
      );
    case 'gp':
      return withPanel(
        objective === undefined
          ? withOneLoss(gp({ seed, startupTrials, objective: oneLoss }), objectives, randomChebyshev(seed))
          : gp({ seed, startupTrials, objective }),
        { ...settings, startupTrials: 0 }, // until enough have reported it fills the space evenly by itself: better than random draws, but not blind
      );
    case 'nsga2':
      return withPanel(nsga2({ seed, objectives }), settings);
  }
}
