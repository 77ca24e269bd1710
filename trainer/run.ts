/** A trial in the training process: set up from the trial file or a checkpoint, then brought from rung to rung. */
import { join } from 'node:path';
import { type JsonNumber, mostPaired } from '../study/trial.ts';
import { type Checkpoint, openCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { type EncoderConfig, readEncoderConfig } from './encoder/config.ts';
import { layerNames, modelParameters, type Parameter } from './encoder/parameters.ts';
import { evaluate } from './evaluate.ts';
import { inputSource } from './inputs.ts';
import { type TrainingPlan, trainingPlan } from './layers.ts';
import type { Assignment, CurvePoint, Reached } from './messages.ts';
import { majorityAccuracy } from './metrics.ts';
import { createModel, type Model } from './model.ts';
import { writeModelFolder } from './model-folder.ts';
import { badData } from './refusal.ts';
import { openSafetensors } from './safetensors.ts';
import { classification, regression, type Task } from './task.ts';
import { readTexts, type Texts } from './texts.ts';
import { type Progress, type Split, trainTo } from './train.ts';
import { freshValue, initialValue } from './weights.ts';

export interface Run {
  readonly model: Model;
  readonly progress: Readonly<Progress>;
  readonly attempt: number;
  readonly texts: number;
  /** Writes a checkpoint of this moment and returns its folder. */
  save(): string;
  /** Trains to a rung and measures there. Undefined when `hooks.wanted` said stop. */
  advance(rung: number, hooks: RunHooks): Promise<Reached | undefined>;
}

export interface RunHooks {
  onPoint(point: CurvePoint): void;
  wanted(): 'nothing' | 'save' | 'stop';
  /** A checkpoint was written because one was wanted. */
  onSaved(folder: string): void;
}

/** @throws {Refusal} if anything that was given does not fit */
export async function openRun(assignment: Assignment): Promise<Run> {
  const { trial, settings, modelFolder, workFolder } = assignment;
  const config = readEncoderConfig(modelFolder);
  const plan = trainingPlan(trial.layers, trial.assignment, layerNames(config));
  const checkpoint = assignment.checkpoint === undefined ? undefined : openCheckpoint(assignment.checkpoint);
  const texts = await readTexts(assignment, config);
  const { labels } = texts;
  const task = settings.task === 'regression' ? regression : classification(labels.length);
  const parameters = modelParameters(config, { outputs: task.outputs, pooling: settings.pooling });
  const model = buildModel(assignment, config, task, parameters, plan, checkpoint);
  const trainedParameters = sum(model.optimizer.parameters.map(({ shape }) => shape.reduce((size, axis) => size * axis, 1)));
  const split = (of: Texts, uses: number) => splitFor(model, of, texts.padId, uses);
  const train = split(texts.train, (trial.horizon * settings.batchSize) / texts.train.labels.length);
  const selection = split(texts.selection, trial.rungs.length);
  const heldOut = split(texts.heldOut, 1);

  const place = { seed: trial.seed, texts: train.labels.length, batchSize: settings.batchSize };
  const state = checkpoint?.state ?? { attempt: 0, seconds: 0, progress: { step: 0, losses: { sum: 0, steps: 0 }, recent: [], curve: [] } };
  if (checkpoint !== undefined) checkSamePlace(checkpoint, place);
  checkpoint?.close();
  const attempt = state.attempt + 1;
  const progress: Progress = structuredClone(state.progress);
  let reportedAt = -state.seconds; // on this process's clock, in seconds
  const secondsSinceReport = () => performance.now() / 1000 - reportedAt;

  let saved = 0;
  const save = (): string => {
    saved += 1; // a folder of its own for each: the supervisor removes it when it is stored
    const folder = join(workFolder, `checkpoint-${saved}`);
    writeCheckpoint(folder, { schema: 1, ...place, attempt, seconds: secondsSinceReport(), progress }, model.optimizer);
    return folder;
  };

  /** Everything that a rung's report needs from this process. Undefined when it was told to stop meanwhile. */
  const measure = async (isWanted: () => boolean): Promise<Measured | undefined> => {
    const selected = await evaluate(model, selection, isWanted);
    if (selected === undefined) return undefined;
    const { scores, losses } = selected;
    const own = {
      'train/loss': progress.losses.sum / progress.losses.steps,
      'model/trainedParameters': trainedParameters,
      ...named('eval', scores),
    };
    if (trial.purpose === 'search') return { metrics: own, losses };
    const test = await evaluate(model, heldOut, isWanted);
    if (test === undefined) return undefined;
    const majority = labels.length === 0 ? {} : { 'test/majority': majorityAccuracy(train.labels, heldOut.labels, labels.length) };
    return { metrics: { ...own, ...named('test', test.scores), ...majority }, losses };
  };

  const advance: Run['advance'] = async (rung, hooks) => {
    const goal = trial.rungs[rung]!; // the supervisor names rungs of the trial
    const loop = { ...place, accumulate: settings.accumulate, horizon: trial.horizon, warmup: settings.warmup };
    const end = await trainTo(goal, model, train, loop, progress, { ...hooks, save: () => hooks.onSaved(save()) });
    if (end === 'stopped') return undefined;
    const measured =
      end === 'diverged' ? { metrics: worst(trial.purpose, task), losses: [] } : await measure(() => hooks.wanted() !== 'stop');
    if (measured === undefined) return undefined;
    const { metrics, losses } = measured;

    const diverged = end === 'diverged' || !Object.values(metrics).every(Number.isFinite);
    const seconds = secondsSinceReport();
    const { curve } = progress;
    Object.assign(progress, { losses: { sum: 0, steps: 0 }, recent: [], curve: [] });
    reportedAt += seconds;
    const isLast = goal === trial.horizon;
    return {
      type: 'reached',
      rung,
      step: progress.step,
      attempt,
      metrics: diverged ? worst(trial.purpose, task) : metrics,
      diverged,
      ...(trial.paired && !diverged ? { paired: losses.slice(0, mostPaired) } : {}),
      seconds,
      curve,
      ...(diverged || isLast ? {} : { checkpoint: save() }),
      ...(isLast && !diverged && trial.purpose === 'final' ? { model: saveModel(assignment, model, parameters, labels) } : {}),
    };
  };
  return { model, progress, attempt, texts: place.texts, save, advance };
}

type Metrics = Readonly<Record<string, JsonNumber>>;

interface Measured {
  readonly metrics: Metrics;
  /** Of the selection split, a text each. */
  readonly losses: readonly number[];
}

function named(prefix: string, scores: Readonly<Record<string, number>>): Metrics {
  return Object.fromEntries(Object.entries(scores).map(([name, value]) => [`${prefix}/${name}`, value]));
}

/** The metrics of a run that diverged: all of them, as the worst possible value. */
function worst(purpose: Assignment['trial']['purpose'], { scoreNames }: Task): Metrics {
  const prefixes = purpose === 'search' ? ['eval'] : ['eval', 'test'];
  const scores = prefixes.flatMap((prefix) => scoreNames.map((name) => `${prefix}/${name}`));
  return Object.fromEntries(['train/loss', 'model/trainedParameters', ...scores].map((name) => [name, null]));
}

function buildModel(
  { trial, settings, modelFolder }: Assignment,
  config: EncoderConfig,
  task: Task,
  parameters: readonly Parameter[],
  { rateOf, reinitialised }: TrainingPlan,
  checkpoint: Checkpoint | undefined,
): Model {
  const file = openSafetensors(join(modelFolder, 'model.safetensors'));
  const start = (parameter: Parameter) => {
    if (checkpoint !== undefined && rateOf(parameter) !== undefined) return checkpoint.moments(parameter);
    const fresh = () => freshValue(parameter, config.initializerRange, trial.seed, parameters.indexOf(parameter));
    return { weight: reinitialised.has(parameter.layer) ? fresh() : initialValue(parameter, file, fresh) };
  };
  const model = createModel(config, parameters, start, rateOf, { ...settings, task });
  file.close();
  return model;
}

/** Largest size of a split's kept prefix output. A few trials at once must fit into a machine's memory. */
const cacheBytes = 2 ** 30;

function splitFor(model: Model, { tokens, labels }: Texts, padId: number, uses: number): Split {
  return { source: inputSource(model, tokens, { padId, uses, cacheBytes }), lengths: tokens.map(({ ids }) => ids.length), labels };
}

/** A checkpoint continues an order of texts. With another seed, data or batch size it would continue something else, silently. */
function checkSamePlace({ state }: Checkpoint, place: Readonly<Record<'seed' | 'texts' | 'batchSize', number>>): void {
  for (const name of ['seed', 'texts', 'batchSize'] as const) {
    if (state[name] !== place[name]) throw badData(`checkpoint: ${name} must be ${place[name]} as in this trial, got ${state[name]}`);
  }
}

function saveModel(
  { workFolder, modelFolder }: Assignment,
  model: Model,
  parameters: readonly Parameter[],
  labels: readonly string[],
): string {
  const folder = join(workFolder, 'model');
  writeModelFolder(folder, model, parameters, modelFolder, labels);
  return folder;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
