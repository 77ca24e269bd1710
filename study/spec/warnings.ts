import type { ModelShape } from '../layerwise.ts';
import { rungsOf } from '../rungs.ts';
import { gridSize } from '../samplers/grid.ts';
import { searchSpaceOf } from '../space.ts';
import type { Sweep } from '../spec.ts';
import { isLearning } from './algorithm-schema.ts';

/** What runs, but hardly as it was meant. One sentence each, with its field. */
export function warningsOf({ spec }: Sweep, model?: ModelShape): readonly string[] {
  return [
    ...tooParallel(spec),
    ...partOfGrid(spec, model),
    ...idleSampler(spec),
    ...idlePruner(spec),
    ...idleBudget(spec),
    ...hastyEnd(spec),
  ];
}

function tooParallel({ parallelTrials, numTrials }: Sweep['spec']): readonly string[] {
  return parallelTrials <= numTrials ? [] : [`spec.parallelTrials: ${parallelTrials} is more than the ${numTrials} trials of numTrials`];
}

/** A sampler that never gets to use what it learns. */
function idleSampler({ searchAlgorithm, numTrials }: Sweep['spec']): readonly string[] {
  const { name, startupTrials } = searchAlgorithm;
  if (!isLearning(name) || startupTrials < numTrials) return [];
  return [
    `spec.searchAlgorithm.startupTrials: ${startupTrials} is not less than the ${numTrials} trials of numTrials, so none is learnt from`,
  ];
}

/** A pruner whose settings let it stop nothing. */
function idlePruner({ pruneAlgorithm, numTrials }: Sweep['spec']): readonly string[] {
  const { name, startupTrials, patience = 0 } = pruneAlgorithm;
  const early = rungsOf(pruneAlgorithm).length - 1; // at the last rung nothing is left to be spared
  if ((name === 'median' || name === 'percentile' || name === 'curve') && startupTrials >= numTrials) {
    return [
      `spec.pruneAlgorithm.startupTrials: ${startupTrials} is not less than the ${numTrials} trials of numTrials, so none is stopped early`,
    ];
  }
  if (name === 'pasha' && early < 2) return ['spec.pruneAlgorithm.name: pasha with fewer than 3 rungs is asha; lower minResource'];
  if (name === 'curve' && early < 2)
    return ['spec.pruneAlgorithm.name: curve with fewer than 3 rungs stops no trial early; lower minResource'];
  if (name === 'patience' && patience >= early) {
    return [`spec.pruneAlgorithm.patience: ${patience} is not less than the ${early} rungs before the last, so no trial is stopped early`];
  }
  return [];
}

/** A budget that nothing is charged to. */
function idleBudget({ budget: { gpuHours, cost }, trialTemplate: { command, trainer } }: Sweep['spec']): readonly string[] {
  if (command !== undefined || trainer.device !== 'cpu') return [];
  const idle = [...(gpuHours === undefined ? [] : ['gpuHours']), ...(cost === undefined ? [] : ['cost'])];
  return idle.map((limit) => `spec.budget.${limit}: trainer.device is cpu, so no GPU-hour is ever spent; use budget.duration`);
}

/** Trials that run are believed to turn out as expected, so a surprise must have the time to be one. */
function hastyEnd({ budget: { noExpectedImprovement }, parallelTrials }: Sweep['spec']): readonly string[] {
  if (noExpectedImprovement === undefined || noExpectedImprovement.trials >= parallelTrials) return [];
  return [
    `spec.budget.noExpectedImprovement.trials: ${noExpectedImprovement.trials} is less than the ${parallelTrials} of parallelTrials, so the search may end before what runs has reported`,
  ];
}

/** Counting stops where it is clear, for grids can have more points than could ever be counted. */
function partOfGrid(
  { searchAlgorithm, parameters, constraints, enqueue, enqueueAssignments, numTrials }: Sweep['spec'],
  model: ModelShape | undefined,
): readonly string[] {
  if (searchAlgorithm.name !== 'grid') return [];
  const needed =
    enqueue.length + enqueueAssignments.length + gridSize(searchSpaceOf(parameters, model, constraints), searchAlgorithm, numTrials + 1);
  return needed <= numTrials ? [] : [`spec.numTrials: ${numTrials} trials do not cover the grid; the last points are left out`];
}
