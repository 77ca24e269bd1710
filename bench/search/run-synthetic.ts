import { simulate } from '../../study/simulator/simulate.ts';
import type { SimulatedObjective } from '../../study/simulator/simulated-objective.ts';
import { simulationOf } from '../../study/simulator/simulation-of.ts';
import { parseSweep } from '../../study/spec.ts';
import { syntheticFunctions, twoObjectiveFunctions } from '../functions.ts';

/** A sampler on a function, one evaluation at a time. */
export interface SyntheticJob {
  readonly function: string;
  readonly searchAlgorithm: Readonly<Record<string, unknown>>;
  readonly evaluations: number;
  readonly seed: number;
}

/** @template Value - a number, or one for each objective */
export interface SyntheticResult<Value> {
  /** At each point tried, in order. */
  readonly values: readonly Value[];
  /** CPU time. */
  readonly seconds: number;
}

interface Problem {
  readonly box: readonly (readonly [min: number, max: number])[];
  /** The value of each metric; all are minimized. */
  readonly metricsAt: (x: readonly number[]) => Readonly<Record<string, number>>;
  readonly metrics: readonly string[];
}

export function runSynthetic(job: SyntheticJob): SyntheticResult<number | readonly number[]> {
  const { box, metrics, metricsAt } = problemOf(job.function);
  const names = box.map((_, index) => `x${index}`);
  const sweep = parseSweep({
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Sweep',
    metadata: { name: 'synthetic' },
    spec: {
      objectives: metrics.map((metric) => ({ metric, direction: 'minimize' })),
      parameters: box.map(([min, max], index) => ({ name: names[index], searchSpace: { uniform: { min, max } } })),
      searchAlgorithm: { ...job.searchAlgorithm, seed: job.seed },
      pruneAlgorithm: { name: 'none', maxResource: 1 },
      numTrials: job.evaluations,
      finalSeeds: 0,
      trialTemplate: { command: ['none'] },
      results: { uri: 's3://sweeps/bench' },
    },
  });
  const objective: SimulatedObjective = {
    metricsAt: ({ assignment }) => metricsAt(names.map((name) => Number(assignment[name]))),
    secondsPerStep: () => 1,
  };
  const began = process.cpuUsage();
  const { log } = simulate(simulationOf(sweep, undefined, { objective, podStartSeconds: 0, crashRate: 0, attempts: 1, seed: job.seed }));
  const { user, system } = process.cpuUsage(began);
  const reports = log.filter((event) => event.type === 'reported');
  const values = reports.map((report) => metrics.map((metric) => report.metrics[metric]!)); // ! is safe: no metric here is missing or NaN
  return { values: metrics.length === 1 ? values.flat() : values, seconds: (user + system) / 1e6 };
}

function problemOf(name: string): Problem {
  const one = syntheticFunctions.find((candidate) => candidate.name === name);
  if (one !== undefined) return { box: one.box, metrics: ['regret'], metricsAt: (x) => ({ regret: one.regret(x) }) };
  const two = twoObjectiveFunctions.find((candidate) => candidate.name === name);
  if (two === undefined) throw new RangeError(`there is no function ${name}`);
  const metricsAt = (x: readonly number[]) => {
    const [first, second] = two.objectives(x);
    return { first, second };
  };
  return { box: two.box, metrics: ['first', 'second'], metricsAt };
}
