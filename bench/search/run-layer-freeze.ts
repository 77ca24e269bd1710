import { layerConfigurationOf } from '../../study/layers.ts';
import { bestOverTime } from '../../study/simulator/best-over-time.ts';
import {
  horizon,
  type LayerFreezeTask,
  layerFreezeObjective,
  layerFreezeRegret,
  leastRate,
  metric,
  mostRate,
} from '../../study/simulator/layer-freeze.ts';
import { simulate } from '../../study/simulator/simulate.ts';
import { simulationOf } from '../../study/simulator/simulation-of.ts';
import { parseSweep, type Sweep } from '../../study/spec.ts';

type Written = Readonly<Record<string, unknown>>;

/** One sweep over the layer-freeze task. */
export interface LayerFreezeJob {
  readonly task: LayerFreezeTask;
  readonly layerwise: Written;
  readonly searchAlgorithm: Written;
  readonly pruneAlgorithm: Written;
  readonly workers: number;
  /** When to look at the incumbent, in whole trials with nothing frozen; the last one ends the sweep. */
  readonly times: readonly number[];
  readonly seed: number;
}

export interface LayerFreezeResult {
  readonly regrets: readonly number[];
  readonly trials: number;
}

const model = { layers: 12 };
const minutesPerTrial = horizon;

/** The incumbent is the trial that the sweep itself would name best at that time. */
export function runLayerFreeze(job: LayerFreezeJob): LayerFreezeResult {
  const sweep = sweepOf(job);
  const cluster = { objective: layerFreezeObjective(job.task), podStartSeconds: 0, crashRate: 0, attempts: 1, seed: job.seed };
  const { log } = simulate(simulationOf(sweep, model, cluster));
  const assignments = log.flatMap((event) => (event.type === 'suggested' ? [event.assignment] : []));
  const best = bestOverTime(log, sweep.spec.objectives);
  const regrets = job.times.map((time) => {
    const { trial } = best.findLast(({ at }) => at <= time * minutesPerTrial * 60_000)!;
    const assignment = assignments[trial]!;
    const layers = layerConfigurationOf(sweep.spec.parameters, assignment, model)!;
    return layerFreezeRegret(job.task, { assignment, layers });
  });
  return { regrets, trials: assignments.length };
}

function sweepOf({ layerwise, searchAlgorithm, pruneAlgorithm, workers, times, seed }: LayerFreezeJob): Sweep {
  return parseSweep({
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Sweep',
    metadata: { name: 'layer-freeze' },
    spec: {
      objectives: [{ metric, direction: 'minimize' }],
      parameters: [
        { name: 'layers', searchSpace: { layerwise: { learningRate: { min: leastRate, max: mostRate }, ...layerwise } } },
        { name: 'headLearningRate', searchSpace: { fixed: { value: mostRate } } },
      ],
      searchAlgorithm: { ...searchAlgorithm, seed },
      pruneAlgorithm: { ...pruneAlgorithm, maxResource: horizon },
      numTrials: 10_000,
      parallelTrials: workers,
      budget: { duration: `${Math.max(...times) * minutesPerTrial}m` },
      finalSeeds: 0,
      trialTemplate: { command: ['none'] },
      results: { uri: 's3://sweeps/bench' },
    },
  });
}
