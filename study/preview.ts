import type { Cost } from './cost.ts';
import type { SearchSpace } from './dimension.ts';
import type { ModelShape } from './layerwise.ts';
import { reportsOf } from './rung-tables.ts';
import { type Savings, savingsOf, total } from './savings.ts';
import { type Simulation, simulate } from './simulator/simulate.ts';
import { simulationOf } from './simulator/simulation-of.ts';
import { smoothObjective } from './simulator/smooth-objective.ts';
import { searchSpaceOf } from './space.ts';
import type { Sweep } from './spec.ts';
import type { Suggestion } from './suggestion.ts';
import { trialRows } from './trial-rows.ts';

/** What a sweep would do and cost, by a simulation of it. */
export interface Preview {
  /** What is searched, in the form in which it is searched. */
  readonly dimensions: SearchSpace;
  /** Its first trials, or such as they might be. */
  readonly examples: readonly Suggestion[];
  readonly rungs: readonly RungPreview[];
  /** Of the search alone. */
  readonly savings: Savings;
  readonly finals: { readonly trials: number; readonly cost: Cost };
  /** From the first trial to the end, final trainings included. */
  readonly wallSeconds: number;
}

interface RungPreview {
  /** Optimizer steps at which trials are compared. */
  readonly steps: number;
  /** Trials of the search that report there. */
  readonly trials: number;
  /** Of all of them, from the rung below or from the start. */
  readonly gpuHours: number;
}

const exampleCount = 3;

/**
 * Simulates a sweep by the rules that will decide in earnest, with made-up losses and trials drawn at random (a grid's: in
 * its order). So it tells how many trials get how far and what that costs, and nothing of what will be found.
 * @param model - needed where the sweep has a layerwise parameter
 * @param secondsPerStep - of an optimizer step that trains every layer; frozen layers at the bottom make it cheaper
 * @throws {RangeError} if the model is needed and not known
 */
export function previewOf(sweep: Sweep, model: ModelShape | undefined, secondsPerStep: number): Preview {
  const { parameters, constraints, objectives, searchAlgorithm, pruneAlgorithm } = sweep.spec;
  const { seed } = searchAlgorithm;
  const dimensions = searchSpaceOf(parameters, model, constraints);
  const horizon = pruneAlgorithm.maxResource;
  const objective = smoothObjective({ space: dimensions, objectives, horizon, secondsPerStep, seed });
  const simulation = simulationOf(drawnSweep(sweep), model, { objective, podStartSeconds: 0, crashRate: 0, attempts: 1, seed });
  const examples: Suggestion[] = [];
  const { log } = simulate({ ...simulation, suggest: kept(simulation.suggest, examples) });

  const rows = trialRows(log);
  const search = rows.filter(({ purpose }) => purpose === 'search');
  const finals = rows.filter(({ purpose }) => purpose === 'final');
  const reports = reportsOf(log, 'search');
  const rungs = simulation.plan.rungs.map((steps, rung) => {
    const there = reports.filter((report) => report.rung === rung);
    return { steps, trials: there.length, gpuHours: total(there.map(({ cost }) => cost)).gpuSeconds / 3600 };
  });
  return {
    dimensions,
    examples,
    rungs,
    savings: savingsOf(search, horizon),
    finals: { trials: finals.length, cost: total(finals) },
    wallSeconds: log.at(-1)!.at / 1000, // ! is safe: a log ends with `finished`
  };
}

/** What a sampler learns from made-up losses would be made up too. */
function drawnSweep(sweep: Sweep): Sweep {
  const { searchAlgorithm } = sweep.spec;
  if (searchAlgorithm.name === 'grid') return sweep;
  return { ...sweep, spec: { ...sweep.spec, searchAlgorithm: { ...searchAlgorithm, name: 'random' } } };
}

/** The same suggestions; the first of them are put down. */
function kept(suggest: Simulation['suggest'], examples: Suggestion[]): Simulation['suggest'] {
  return (trial, log) => {
    const suggestion = suggest(trial, log);
    if (suggestion !== undefined && examples.length < exampleCount) examples.push(suggestion);
    return suggestion;
  };
}
