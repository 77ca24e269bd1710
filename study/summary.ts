/** What a sweep found, as a function of its log. */

import { enqueuedTrials } from './baselines.ts';
import { bestTrials } from './best.ts';
import type { Cost } from './cost.ts';
import { comparison, type HeldOutScore, heldOutScores } from './held-out.ts';
import { answerOf } from './importance/answer.ts';
import { type Importance, importanceOf } from './importance/importance.ts';
import { sampleOf } from './importance/sample.ts';
import { layerConfigurationOf } from './layers.ts';
import type { ModelShape } from './layerwise.ts';
import type { Outcome, SweepLog } from './log.ts';
import { type ParetoFront, paretoFront } from './pareto-front.ts';
import { rankWarnings } from './rank-correlation.ts';
import type { Rung } from './rung.ts';
import { reportsOf, rungTables } from './rung-tables.ts';
import { rungsOf } from './rungs.ts';
import { type Savings, savingsOf, total } from './savings.ts';
import { searchSpaceOf } from './space.ts';
import type { Sweep } from './spec.ts';
import type { Assignment, JsonNumber, LayerConfiguration, Objective } from './trial.ts';
import { type TrialRow, trialRows } from './trial-rows.ts';

/** What a summary must know of a sweep beside its log. */
export interface SearchedSweep {
  readonly id: string;
  readonly sweep: Sweep;
  readonly model?: ModelShape;
}

export interface Summary {
  readonly sweep: string;
  readonly outcome: Outcome;
  readonly objective: Objective;
  readonly best?: {
    readonly trial: number;
    readonly assignment: Assignment;
    /** What the trial trained, bottom to top; absent where layers are not known. */
    readonly layers?: LayerConfiguration;
    /** The objective on the selection split. The best of many is chosen for its luck too, so this value is biased upwards. */
    readonly selectionValue: JsonNumber;
    /** Of its final trials the one with the best selection value: its model is the one to keep. */
    readonly final?: number;
  };
  /** What there is to choose from, with several objectives. */
  readonly front?: ParetoFront;
  /** Where the best model lies, when the trainer left one. */
  readonly model?: string;
  readonly counts: { readonly search: number; readonly failed: number; readonly reachedTop: number; readonly finals: number };
  /** Of all trials, final trainings included. */
  readonly cost: Cost;
  /** What pruning has spared the search. */
  readonly savings: Savings;
  /** Price of one GPU for an hour, if spec.budget.cost names one. */
  readonly pricePerGpuHour?: number;
  /** Wall time from the first suggestion to the end. */
  readonly wallSeconds: number;
  readonly heldOut: readonly HeldOutScore[];
  /** Plain sentences: does the best configuration beat the baselines by more than noise? */
  readonly verdict: readonly string[];
  /** What matters for the result. Absent when the trials are too few to tell. */
  readonly importance?: Importance;
  /** Plain sentences: what can stay frozen, what matters, and which way. */
  readonly answer: readonly string[];
  /** Plain sentences on what may have gone wrong in the search. Absent when there is nothing to warn of. */
  readonly warnings?: readonly string[];
}

export function summaryOf(searched: SearchedSweep, log: SweepLog, outcome: Outcome): Summary {
  const { id, sweep, model } = searched;
  const { objectives, parameters, searchAlgorithm, budget, pruneAlgorithm } = sweep.spec;
  const objective = objectives[0]!;
  const rows = trialRows(log);
  const search = rows.filter((row) => row.purpose === 'search');
  const tables = rungTables(reportsOf(log, 'search'), objectives);
  const best = bestOf(tables, rows);
  const heldOut = best === undefined ? [] : heldOutScores(rows, best, objective);
  const rungs = rungsOf(pruneAlgorithm);
  const front = paretoFront(tables, rungs, rows, objectives);
  const warnings = rankWarnings(tables, rungs);
  const layers = best && layersOf(searched, best);
  const importance = importanceOf(
    searchSpaceOf(parameters, model),
    sampleOf(log, objective, searchAlgorithm.name),
    (assignment) => layerConfigurationOf(parameters, assignment, model),
    searchAlgorithm.seed,
  );
  const final = best && bestFinal(log, rows, best.trial, objectives);
  return {
    sweep: id,
    outcome,
    objective,
    ...(best && {
      best: {
        trial: best.trial,
        assignment: best.assignment,
        ...(layers && { layers }),
        selectionValue: best.metrics[objective.metric] ?? null,
        ...(final !== undefined && { final }),
      },
    }),
    ...(front && { front }),
    counts: {
      search: search.length,
      failed: search.filter((row) => row.state === 'failed').length,
      reachedTop: search.filter((row) => row.decision?.reason.code === 'reachedTop').length,
      finals: rows.length - search.length,
    },
    cost: total(rows),
    savings: savingsOf(search, rungs.at(-1)!),
    ...(budget.cost && { pricePerGpuHour: budget.cost.pricePerGpuHour }),
    wallSeconds: log.length === 0 ? 0 : (log.at(-1)!.at - log[0]!.at) / 1000,
    heldOut,
    verdict: comparison(heldOut, objective),
    ...(importance && { importance }),
    answer: answerOf(importance, layers, heldOut, objective),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Baselines may lie outside the search space, so they say themselves what they train. */
function layersOf({ sweep, model }: SearchedSweep, { origin, assignment }: TrialRow): LayerConfiguration | undefined {
  if (origin.by === 'enqueued') return enqueuedTrials(sweep, model).find(({ name }) => name === origin.name)?.layers;
  return layerConfigurationOf(sweep.spec.parameters, assignment, model);
}

function bestOf(tables: readonly Rung[], rows: readonly TrialRow[]): TrialRow | undefined {
  const [best] = bestTrials({ rungs: tables }, 1);
  return best && rows.find(({ trial }) => trial === best.trial);
}

/** Of the best configuration's final trials the one with the best selection value: the held-out split chooses nothing. */
function bestFinal(log: SweepLog, rows: readonly TrialRow[], of: number, objectives: readonly Objective[]): number | undefined {
  const finals = new Set(rows.flatMap(({ origin, trial }) => (origin.by === 'final' && origin.of === of ? [trial] : [])));
  const reports = reportsOf(log, 'final').filter(({ trial }) => finals.has(trial));
  return bestTrials({ rungs: rungTables(reports, objectives) }, 1)[0]?.trial;
}
