import { simulate } from '../../study/simulator/simulate.ts';
import { simulationOf } from '../../study/simulator/simulation-of.ts';
import { parseSweep } from '../../study/spec.ts';
import { syntheticFunctions } from '../functions.ts';

/** A sampler on a function, one evaluation at a time. */
export interface SyntheticJob {
  readonly function: string;
  readonly searchAlgorithm: Readonly<Record<string, unknown>>;
  readonly evaluations: number;
  readonly seed: number;
}

export interface SyntheticResult {
  /** Regret at each point tried, in order. */
  readonly values: readonly number[];
  /** CPU time. */
  readonly seconds: number;
}

export function runSynthetic(job: SyntheticJob): SyntheticResult {
  const { box, regret } = syntheticFunctions.find(({ name }) => name === job.function)!;
  const names = box.map((_, index) => `x${index}`);
  const sweep = parseSweep({
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Sweep',
    metadata: { name: 'synthetic' },
    spec: {
      objectives: [{ metric: 'regret', direction: 'minimize' }],
      parameters: box.map(([min, max], index) => ({ name: names[index], searchSpace: { uniform: { min, max } } })),
      searchAlgorithm: { ...job.searchAlgorithm, seed: job.seed },
      pruneAlgorithm: { name: 'none', maxResource: 1 },
      numTrials: job.evaluations,
      finalSeeds: 0,
      trialTemplate: { command: ['none'] },
      results: { uri: 's3://sweeps/bench' },
    },
  });
  const objective = {
    metricsAt: ({ assignment }: { readonly assignment: Readonly<Record<string, unknown>> }) => ({
      regret: regret(names.map((name) => Number(assignment[name]))),
    }),
    secondsPerStep: () => 1,
  };
  const began = process.cpuUsage();
  const { log } = simulate(simulationOf(sweep, undefined, { objective, podStartSeconds: 0, crashRate: 0, attempts: 1, seed: job.seed }));
  const { user, system } = process.cpuUsage(began);
  return {
    values: log.flatMap((event) => (event.type === 'reported' ? [event.metrics.regret!] : [])),
    seconds: (user + system) / 1e6,
  };
}
