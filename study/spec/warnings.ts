import type { ModelShape } from '../layerwise.ts';
import { gridSize } from '../samplers/grid.ts';
import { searchSpaceOf } from '../space.ts';
import type { Sweep } from '../spec.ts';

/** What runs, but hardly as it was meant. One sentence each, with its field. */
export function warningsOf({ spec }: Sweep, model?: ModelShape): readonly string[] {
  return [...tooParallel(spec), ...partOfGrid(spec, model)];
}

function tooParallel({ parallelTrials, numTrials }: Sweep['spec']): readonly string[] {
  return parallelTrials <= numTrials ? [] : [`spec.parallelTrials: ${parallelTrials} is more than the ${numTrials} trials of numTrials`];
}

/** Counting stops where it is clear, for grids can have more points than could ever be counted. */
function partOfGrid({ searchAlgorithm, parameters, enqueue, numTrials }: Sweep['spec'], model: ModelShape | undefined): readonly string[] {
  if (searchAlgorithm.name !== 'grid') return [];
  const needed = enqueue.length + gridSize(searchSpaceOf(parameters, model), searchAlgorithm, numTrials + 1);
  return needed <= numTrials ? [] : [`spec.numTrials: ${numTrials} trials do not cover the grid; the last points are left out`];
}
