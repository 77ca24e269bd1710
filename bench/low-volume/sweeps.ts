import { assignmentOf } from '../../study/layers.ts';
import type { ModelShape } from '../../study/layerwise.ts';
import { parseSweep, type Sweep } from '../../study/spec.ts';
import type { LayerConfiguration } from '../../study/trial.ts';
import { type Arm, armsFor, baseline } from './arms.ts';

/** A third of the steps tells which third of the settings goes on. */
const reduction = 3;

/** The same for all, and so are the seeds of the final trainings: what is compared begins with the same head and sees the same texts in the same order. */
const seed = 7;

/** How much of the study runs. */
export interface Scope {
  readonly name: 'quick' | 'whole';
  /** Labelled examples. */
  readonly sizes: readonly number[];
  /** Names; undefined means all. */
  readonly arms?: readonly string[];
  readonly seeds: { readonly main: number; readonly other: number };
  /** Trials of a search. */
  readonly trials: Readonly<Record<Arm['search'], number>>;
  /** Share of a long search that is drawn blindly: the profile over layers is estimated from these trials. */
  readonly blindShare: number;
  /** Optimizer steps of a training, with any number of examples. */
  readonly steps: number;
}

export const whole: Scope = {
  name: 'whole',
  sizes: [300, 500, 1000],
  seeds: { main: 10, other: 5 },
  trials: { usual: 6, long: 45 },
  blindShare: 0.7,
  steps: 120, // 300 texts are seen more than six times, 1,000 almost twice
};

export const quick: Scope = {
  name: 'quick',
  sizes: [300],
  arms: [baseline, 'head-only', 'prefix', 'llrd', 'per-layer', 'dps'],
  seeds: { main: 3, other: 3 },
  trials: { usual: 6, long: 21 },
  blindShare: 1, // less would leave too few for a profile
  steps: 90,
};

/** One method with one number of examples: a sweep. */
export interface Cell {
  readonly arm: Arm;
  readonly size: number;
}

/** The main arms first, each part by the number of examples: however far a run gets, what matters most is there. */
export function cellsOf({ sizes, arms }: Scope, { layers }: ModelShape): readonly Cell[] {
  const chosen = armsFor(layers).filter(({ name }) => arms === undefined || arms.includes(name));
  const parts = [chosen.filter(({ isMain }) => isMain), chosen.filter(({ isMain }) => !isMain)];
  return parts.flatMap((part) => sizes.flatMap((size) => part.map((arm) => ({ arm, size }))));
}

export const sweepName = ({ arm, size }: Cell): string => `low-volume-${arm.name}-${size}`;

const seedsOf = ({ arm }: Cell, { seeds }: Scope): number => (arm.isMain ? seeds.main : seeds.other);

/** Optimizer steps that its sweep takes, about. */
export function plannedSteps(cell: Cell, scope: Scope): number {
  const trials = scope.trials[cell.arm.search];
  return ((trials * (1 + 2 / reduction)) / reduction) * scope.steps + seedsOf(cell, scope) * scope.steps;
}

/** Addresses of the model and the data set. */
export interface Inputs {
  readonly model: string;
  readonly data: string;
}

/** Where rates for each layer begin: with the best of layer-wise decay. */
export interface Start {
  readonly sweep: string;
  readonly trial: number;
  readonly layers: LayerConfiguration;
}

/** The sweep with that configuration as its first trial. @throws {RangeError} if its space cannot say it */
export function startedWith(sweep: Sweep, { sweep: from, trial, layers }: Start, model: ModelShape): Sweep {
  const assignment = assignmentOf(sweep.spec.parameters, layers, model);
  if (assignment === undefined) throw new RangeError(`${sweep.metadata.name}: its space cannot say the layers of ${from}, trial ${trial}`);
  const enqueueAssignments = [{ assignment, from: { sweep: from, trial }, because: 'the best of layer-wise decay' }];
  return { ...sweep, spec: { ...sweep.spec, enqueueAssignments } };
}

export function sweepOf(cell: Cell, scope: Scope, inputs: Inputs): Sweep {
  const { arm, size } = cell;
  const { steps } = scope;
  const settings = Object.entries(arm.settings ?? {}).map(([name, searchSpace]) => ({ name: `${arm.method}.${name}`, searchSpace }));
  return parseSweep({
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Sweep',
    metadata: { name: sweepName(cell) },
    spec: {
      study: 'low-volume',
      objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }],
      parameters: [
        { name: 'layers', searchSpace: { layerwise: arm.layerwise } },
        { name: 'headLearningRate', searchSpace: { logUniform: { min: 5e-4, max: 5e-3 } } },
        ...settings,
      ],
      searchAlgorithm: arm.search === 'long' ? { name: 'tpe', seed, randomShare: scope.blindShare } : { name: 'sobol', seed },
      pruneAlgorithm: {
        name: 'asha',
        minResource: Math.max(1, Math.floor(steps / reduction)),
        maxResource: steps,
        reductionFactor: reduction,
      },
      numTrials: scope.trials[arm.search],
      parallelTrials: 2,
      finalSeeds: seedsOf(cell, scope),
      trialTemplate: { trainer: { ...inputs, trainExamples: size, batchSize: 16, maxLength: 64, method: arm.method ?? 'full' } },
      results: { uri: 's3://sweeps/low-volume' },
    },
  });
}
