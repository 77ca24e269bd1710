/** What passes between the search and a trainer: the three objects of the trial protocol (docs/trainer-contract.md). */

/** A parameter's value. `null` never stands for "missing": an inactive parameter is absent from the assignment. */
export type Value = number | string | boolean;
export type Assignment = Readonly<Record<string, Value>>;

/** A number as JSON can hold it: `null` is NaN, the worst possible value. */
export type JsonNumber = number | null;

export interface Objective {
  readonly metric: string;
  readonly direction: 'minimize' | 'maximize';
  /** The search ends once a trial that was trained to the end is at least this good. */
  readonly goal?: number;
}

/** How weights that are treated alike take part in training. Learning rates are those at the schedule's peak. */
export type Training =
  | { readonly mode: 'frozen' }
  /** All weights learn; with `reinitialise` they begin at new random values instead of the pre-trained ones. */
  | { readonly mode: 'full'; readonly learningRate: number; readonly reinitialise?: true }
  /** `bias`: the biases alone learn, those of layer norms too. `lora`: low-rank additions to the weights learn. */
  | { readonly mode: 'bias' | 'lora'; readonly learningRate: number };

/** What an encoder layer consists of. `norm`: both layer norms. */
export const sublayers = ['attention', 'feedForward', 'norm'] as const;
export type Sublayer = (typeof sublayers)[number];
export type SublayerSetting = { readonly name: Sublayer } & (
  | { readonly mode: 'frozen' }
  | { readonly mode: 'full'; readonly learningRate: number }
);

/** How one layer of the encoder takes part in training: in one way, or its parts in several. */
export type LayerSetting = { readonly name: string } & (Training | { readonly mode: 'mixed'; readonly parts: readonly SublayerSetting[] });

/** Bottom to top: `embeddings`, `0` … `L-1`, `head`. */
export type LayerConfiguration = readonly LayerSetting[];

/** `final` trials are re-trainings on fresh seeds, scored on the held-out split; nothing is selected by them. */
export type Purpose = 'search' | 'final';

/** `trials/<number>/trial.json`: all that a trainer gets to know. */
export interface TrialFile {
  readonly schema: 1;
  readonly sweep: string;
  readonly trial: number;
  readonly purpose: Purpose;
  readonly seed: number;
  /** Optimizer steps at which the trial reports, increasing. The last one is the horizon. */
  readonly rungs: readonly number[];
  /** Optimizer steps that the learning-rate schedule spans, whatever rung the trial ends at. */
  readonly horizon: number;
  readonly lingerSeconds: number;
  readonly objectives: readonly Objective[];
  /** Reports must have `paired`: the sweep's pruner compares trials example by example. */
  readonly paired?: true;
  readonly assignment: Assignment;
  /** Absent when the sweep says nothing about layers: it has neither a layerwise parameter nor `learningRate`. */
  readonly layers?: LayerConfiguration;
  /** `spec.trialTemplate.trainer` as written: a foreign trainer may put anything here. */
  readonly trainer: Readonly<Record<string, unknown>>;
}

/** `trials/<number>/reports/<rung>.json`: what the trial measured at a rung. Written once. */
export interface Report {
  readonly schema: 1;
  readonly trial: number;
  readonly rung: number;
  readonly step: number;
  readonly metrics: Readonly<Record<string, JsonNumber>>;
  readonly diverged: boolean;
  /** Spent by this trial since its last report, restarts included. */
  readonly cost: { readonly seconds: number; readonly gpuSeconds: number };
  /** Relative to the trial's folder. Absent when the trainer keeps none: such a trial starts again when promoted. */
  readonly checkpoint?: string;
  /**
   * Loss of each example of the evaluation, in an order that is the same for all trials of the sweep; at most `mostPaired`.
   * Asked for by `paired` in the trial file.
   */
  readonly paired?: readonly number[];
  readonly attempt: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** Examples that a report tells the losses of: the first so many. A workflow carries the best trial's at each rung. */
export const mostPaired = 1_000;

/** `trials/<number>/decisions/<rung>.json`: the answer to the report of that rung. */
export type DecisionFile =
  | { readonly schema: 1; readonly continueTo: number }
  | { readonly schema: 1; readonly stop: true; readonly reason: Reason };

/** Why a trial goes on, waits or ends. `study/reason.ts` turns it into a sentence. */
export type Reason =
  /** `cut`: the value of the first objective with which the last of the kept ones goes on; absent when several objectives rank. */
  | {
      readonly code: 'rankedInTop' | 'rankedBelowTop';
      readonly rank: number;
      readonly of: number;
      readonly kept: number;
      readonly cut?: number;
    }
  | { readonly code: 'rungTooSmall'; readonly of: number; readonly needed: number }
  /** It ranks high enough, but the rung's share has gone on already. */
  | { readonly code: 'promotionDelayed'; readonly rank: number; readonly of: number; readonly kept: number; readonly promoted: number }
  /** Pasha: it waits at the highest rung in use; `rungs` are in use. */
  | { readonly code: 'atCeiling'; readonly rank: number; readonly of: number; readonly rungs: number }
  /** Ranked by its best value so far among the trials that were trained to the end; `cut` is a value of the objective. */
  | {
      readonly code: 'withinPercentile' | 'beyondPercentile';
      readonly rank: number;
      readonly of: number;
      readonly percentile: number;
      readonly cut: number;
    }
  | { readonly code: 'tooFewFinished'; readonly of: number; readonly needed: number }
  /** Both are values of the objective. */
  | { readonly code: 'withinThreshold' | 'beyondThreshold'; readonly value: number; readonly threshold: number }
  | { readonly code: 'tooFewRungs'; readonly of: number; readonly needed: number }
  /** `gain`: by how much the best loss of the last `patience` rungs is below the best before them. */
  | { readonly code: 'improved' | 'notImproved'; readonly gain: number; readonly minDelta: number; readonly patience: number }
  /** Of its rung; then how likely its curve is to end at `best` or better, and where it is expected to: values of the objective. */
  | {
      readonly code: 'possiblyBest' | 'unlikelyBest';
      readonly rank: number;
      readonly of: number;
      readonly probability: number;
      readonly minProbability: number;
      readonly expected: number;
      readonly best: number;
    }
  | { readonly code: 'bestOfRung'; readonly of: number }
  | { readonly code: 'tooFewPairs'; readonly of: number; readonly needed: number }
  /** Of its rung; then by how much its mean loss over the `pairs` examples is above that of trial `best`, and how likely that is by chance. */
  | {
      readonly code: 'worseThanBest' | 'notWorseThanBest';
      readonly rank: number;
      readonly of: number;
      readonly pairs: number;
      readonly best: number;
      readonly difference: number;
      readonly p: number;
      readonly pThreshold: number;
    }
  /** Hyperband: the trial's bracket compares from rung `from` on. */
  | { readonly code: 'belowBracket'; readonly from: number }
  | { readonly code: 'diverged' | 'reachedTop' | 'notPruned' | 'searchOver' | 'stoppedByUser' | 'cancelled' };

export interface Decision {
  readonly action: 'continue' | 'pause' | 'stop';
  readonly reason: Reason;
}

/** Exit codes of a trainer (sysexits). Any other code is a crash: tried again from the checkpoint, up to a limit. */
export const exitCode = { done: 0, badConfiguration: 64, badData: 65, inputNotFound: 66, preempted: 75 } as const;
