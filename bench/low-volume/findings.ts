import type { SweepFolder } from '../../results/sweep-folder.ts';
import { heldOutMetric } from '../../study/held-out.ts';
import { type LayerProfile, layerProfile } from '../../study/importance/layer-profile.ts';
import { sampleOf } from '../../study/importance/sample.ts';
import { layerConfigurationOf } from '../../study/layers.ts';
import type { ModelShape } from '../../study/layerwise.ts';
import type { MethodName } from '../../study/methods/methods.ts';
import { seededStream } from '../../study/random.ts';
import type { Summary } from '../../study/summary.ts';
import type { Assignment, LayerConfiguration } from '../../study/trial.ts';
import { type TrialRow, trialRows } from '../../study/trial-rows.ts';
import type { Cell, Scope } from './sweeps.ts';

/** What the sweep of one arm with one number of examples reported. */
export interface Finding {
  readonly arm: string;
  readonly title: string;
  readonly method: MethodName;
  readonly isMain: boolean;
  readonly size: number;
  readonly sweep: string;
  /** By the first report and the last. */
  readonly from: string;
  readonly to: string;
  readonly trials: number;
  /** Of trainers, all trials of the search together. */
  readonly searchSeconds: number;
  readonly best: { readonly trial: number; readonly assignment: Assignment; readonly layers: LayerConfiguration };
  /** On held-out text, a training for each seed. */
  readonly scores: readonly { readonly seed: number; readonly score: number; readonly seconds: number }[];
  readonly trainedParameters: number;
  /** What always naming the commonest label would score. */
  readonly majority: number;
  /** Where all of it ran. */
  readonly machine: Machine;
  /** Of arms in which each layer has a rate of its own. */
  readonly profile?: LayerProfile;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** Trainings at a time. */
  readonly slots: number;
}

export interface Failure {
  readonly arm: string;
  readonly title: string;
  readonly size: number;
  readonly message: string;
}

/** All that the page is made of. */
export interface Findings {
  /** All that belongs to the run; not all of it need have been found yet. */
  readonly scope: Scope;
  readonly model: ModelShape & { readonly name: string };
  readonly data: {
    readonly name: string;
    readonly source: string;
    readonly labels: number;
    readonly train: number;
    readonly selection: number;
    readonly heldOut: number;
  };
  readonly version: string;
  readonly found: readonly Finding[];
  readonly failed: readonly Failure[];
}

const metric = { metric: 'eval/accuracy', direction: 'maximize' } as const;

/** @param summary - of a sweep that has succeeded */
export async function findingOf(
  folder: Pick<SweepFolder, 'read' | 'readLog'>,
  summary: Summary,
  { arm, size }: Cell,
  machine: Machine,
): Promise<Finding> {
  const [{ id, sweep, model }, log] = [await folder.read(), await folder.readLog()];
  const { parameters, searchAlgorithm } = sweep.spec;
  const rows = trialRows(log);
  const { trial, assignment, layers } = summary.best!; // a sweep that succeeded has one
  const finals = rows.filter(({ origin }) => origin.by === 'final' && origin.of === trial);
  const search = rows.filter(({ purpose }) => purpose === 'search');
  const isByLayer = parameters.some(({ searchSpace }) => searchSpace.layerwise?.scheme === 'perLayer');
  const sample = sampleOf(log, metric, searchAlgorithm.name);
  const profile =
    isByLayer && sample.kind === 'panel'
      ? layerProfile(
          sample.assignments.map((drawn) => layerConfigurationOf(parameters, drawn, model)!), // the sweep has layers
          sample.losses,
          seededStream(searchAlgorithm.seed, 0),
        )
      : undefined;
  return {
    arm: arm.name,
    title: arm.title,
    method: arm.method ?? 'full',
    isMain: arm.isMain,
    size,
    sweep: id,
    from: new Date(log[0]!.at).toISOString(), // it has reports
    to: new Date(log.at(-1)!.at).toISOString(),
    trials: search.length,
    searchSeconds: search.reduce((sum, { seconds }) => sum + seconds, 0),
    best: { trial, assignment, layers: layers! }, // as above
    scores: finals.flatMap((row) => {
      const score = row.metrics[heldOutMetric(metric.metric)];
      return typeof score === 'number' ? [{ seed: row.seed, score, seconds: row.seconds }] : [];
    }),
    trainedParameters: ofAny(finals, 'model/trainedParameters'),
    majority: ofAny(finals, 'test/majority'),
    machine,
    ...(profile && { profile }),
  };
}

/** What is the same in all trials that say it. */
const ofAny = (rows: readonly TrialRow[], name: string): number =>
  rows.map(({ metrics }) => metrics[name]).find((value) => typeof value === 'number') ?? Number.NaN;
