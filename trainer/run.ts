/** A trial in the training process: set up from the trial file or a checkpoint, then brought from rung to rung. */

import { join } from 'node:path';
import { type JsonNumber, mostPaired } from '../study/trial.ts';
import { type Checkpoint, checkpointBytes, openCheckpoint, type RunState, writeCheckpoint } from './checkpoint.ts';
import type { SplitName } from './data/split.ts';
import type { Tokens } from './encoder/batch.ts';
import { type EncoderConfig, readEncoderConfig, withDropout } from './encoder/config.ts';
import { layerNames, modelParameters, type Parameter } from './encoder/parameters.ts';
import { evaluate, evaluateBest } from './evaluate.ts';
import { inputSource, type Split } from './inputs.ts';
import { halfSquares, pack, subtract } from './kernels/arithmetic.ts';
import { type Handle, toHost } from './kernels/handle.ts';
import { type RateOf, type TrainingPlan, trainingPlan } from './layers.ts';
import { lookAt } from './look.ts';
import type { Assignment, CurvePoint, Reached } from './messages.ts';
import { createHeld } from './methods/held.ts';
import type { Method } from './methods/method.ts';
import { methodOf } from './methods/methods.ts';
import { majorityAccuracy } from './metrics.ts';
import { createModel, type Model } from './model.ts';
import { writeModelFolder } from './model-folder.ts';
import { describeDevice } from './native/tensorflow.ts';
import { fileDigest, prefixNames } from './prefix/name.ts';
import { nobody, openPrefixStore, type Sharing } from './prefix/store.ts';
import { badData } from './refusal.ts';
import { openSafetensors } from './safetensors.ts';
import { sizeOfShape } from './shape.ts';
import { classification, regression, type Task } from './task.ts';
import { readTexts } from './texts.ts';
import { type Progress, trainTo } from './train.ts';
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
export async function openRun(assignment: Assignment, sharing: Sharing = nobody): Promise<Run> {
  const { trial, settings, modelFolder, workFolder } = assignment;
  const read = readEncoderConfig(modelFolder);
  const config = settings.dropout === undefined ? read : withDropout(read, settings.dropout);
  const plan = trainingPlan(trial.layers, trial.assignment, layerNames(config));
  const checkpoint = assignment.checkpoint === undefined ? undefined : openCheckpoint(assignment.checkpoint);
  const texts = await readTexts(assignment, config);
  const { labels } = texts;
  const task = settings.task === 'regression' ? regression : classification(labels.length);
  const parameters = modelParameters(config, { outputs: task.outputs, pooling: settings.pooling });
  const method = methodOf(settings, trial.layers, {
    ...settings,
    config,
    parameters,
    seed: trial.seed,
    horizon: trial.horizon,
    rateOf: plan.rateOf,
  });
  const model = buildModel(assignment, config, task, parameters, plan, method, checkpoint);
  const trainedParameters = sum(model.optimizer.parameters.map(({ shape }) => sizeOfShape(shape)));
  const state = checkpoint?.state ?? freshState;
  const store = openPrefixStore(assignment.prefixFolder, sharing);
  const modelDigest = model.frozenPrefix === 0 ? '' : fileDigest(join(modelFolder, 'model.safetensors'));
  const { tensorflow, device } = describeDevice();
  const split = async (name: SplitName, uses: number, unlabelled: readonly Tokens[] = []): Promise<Split> => {
    const { labels: truth } = texts[name];
    const tokens = [...texts[name].tokens, ...unlabelled];
    const before = state.prefixes[name];
    const source = await inputSource(model, tokens, {
      padId: texts.padId,
      uses,
      precision: settings.prefixCache,
      store,
      nameOf: prefixNames({
        model: modelDigest,
        texts: tokens,
        settings: [tensorflow, device, seenOf(model), ...(device === 'gpu' && settings.tf32 ? ['tf32'] : [])],
      }),
      ...(before === undefined ? {} : { before }),
    });
    return { source, lengths: tokens.map(({ ids }) => ids.length), labels: truth };
  };
  const train = await split('train', (trial.horizon * settings.batchSize) / texts.train.labels.length, texts.unlabelled);
  const selection = await split('selection', trial.rungs.length);
  const heldOut = await split('heldOut', 1);
  const prefixes = { train: train.source.prefix, selection: selection.source.prefix, heldOut: heldOut.source.prefix };

  const place = { seed: trial.seed, texts: train.labels.length, batchSize: settings.batchSize };
  if (checkpoint === undefined) await model.survey(lookAt(model, train, trial.seed));
  else checkSamePlace(checkpoint, place);
  checkpoint?.close();
  const attempt = state.attempt + 1;
  const progress: Progress = structuredClone(state.progress);
  let reportedAt = -state.seconds; // on this process's clock, in seconds
  const secondsSinceReport = () => performance.now() / 1000 - reportedAt;

  let saved = 0;
  const save = (): string => {
    saved += 1; // a folder of its own for each: the supervisor removes it when it is stored
    const folder = join(workFolder, `checkpoint-${saved}`);
    const held = Array.from(model.held.entries(), ([name]) => name);
    const now: RunState = { schema: 1, ...place, attempt, seconds: secondsSinceReport(), progress, prefixes, held };
    writeCheckpoint(folder, now, model.optimizer, model.held);
    return folder;
  };

  /** Everything that a rung's report needs from this process. Undefined when it was told to stop meanwhile. */
  const measure = async (isWanted: () => boolean): Promise<Measured | undefined> => {
    const selected = await evaluateBest(model, selection, isWanted);
    if (selected === undefined) return undefined;
    const { scores, losses, choice } = selected;
    const own = {
      'train/loss': progress.losses.sum / progress.losses.steps,
      'model/trainedParameters': trainedParameters,
      'model/checkpointBytes': checkpointBytes(trainedParameters),
      ...named('eval', scores),
      ...choice,
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
      drift: diverged ? {} : driftOf(assignment, model, parameters, plan),
      ...(diverged || isLast ? {} : { checkpoint: save() }),
      ...(isLast && !diverged && trial.purpose === 'final' ? { model: saveModel(assignment, model, parameters, labels) } : {}),
    };
  };
  return { model, progress, attempt, texts: place.texts, save, advance };
}

/** What the head sees of the frozen layers, as part of a name. */
const seenOf = ({ pooling, seenLayers }: Model): string => (seenLayers === undefined ? pooling : `layers ${seenLayers.join()}`);

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
  return Object.fromEntries(['train/loss', 'model/trainedParameters', 'model/checkpointBytes', ...scores].map((name) => [name, null]));
}

function buildModel(
  assignment: Assignment,
  config: EncoderConfig,
  task: Task,
  parameters: readonly Parameter[],
  plan: TrainingPlan,
  method: Method,
  checkpoint: Checkpoint | undefined,
): Model {
  const all = [...parameters, ...(method.added ?? []), ...(method.inserted?.parameters ?? [])];
  const rateOf: RateOf<Parameter> = (parameter) => (method.trains?.(parameter) === false ? undefined : plan.rateOf(parameter));
  const initial = (parameter: Parameter): Handle => {
    const first = firstValues(assignment, config, all, plan);
    const value = first.value(parameter);
    first.close();
    return value;
  };
  const start = (parameter: Parameter) =>
    checkpoint !== undefined && rateOf(parameter) !== undefined ? checkpoint.moments(parameter) : { weight: initial(parameter) };
  const practice = { method, held: createHeld(checkpoint?.held()), initial };
  return createModel(config, all, start, rateOf, { ...assignment.settings, task }, practice);
}

/** What a trial's weights begin as: follows from its model, its plan and its seed. */
function firstValues(
  { trial, modelFolder }: Assignment,
  config: EncoderConfig,
  parameters: readonly Parameter[],
  { reinitialised }: TrainingPlan,
): { value(parameter: Parameter): Handle; close(): void } {
  const file = openSafetensors(join(modelFolder, 'model.safetensors'));
  return {
    value(parameter) {
      const fresh = () => freshValue(parameter, config.initializerRange, trial.seed, parameters.indexOf(parameter));
      return reinitialised.has(parameter.layer) ? fresh() : initialValue(parameter, file, fresh);
    },
    close: () => file.close(),
  };
}

/** See `Reached.drift`. What the weights began as is read again, one after the other: keeping it would take the memory of a whole model. */
function driftOf(assignment: Assignment, model: Model, parameters: readonly Parameter[], plan: TrainingPlan): Reached['drift'] {
  const first = firstValues(assignment, model.config, parameters, plan);
  const squares = new Map<string, { moved: number; size: number }>();
  const learning = new Set(model.optimizer.parameters.map(({ layer }) => layer));
  for (const parameter of parameters.filter(({ layer }) => learning.has(layer))) {
    const [moved, size] = toHost(() => {
      const [was, is] = [first.value(parameter), model.weight(parameter.name)];
      return pack([halfSquares(subtract(is, was)), halfSquares(was)]);
    });
    const sums = squares.get(parameter.layer) ?? { moved: 0, size: 0 };
    squares.set(parameter.layer, { moved: sums.moved + moved!, size: sums.size + size! }); // two of each
  }
  first.close();
  return Object.fromEntries([...squares].map(([layer, { moved, size }]) => [layer, size === 0 ? 0 : Math.sqrt(moved / size)]));
}

const freshState: Pick<RunState, 'attempt' | 'seconds' | 'progress' | 'prefixes'> = {
  attempt: 0,
  seconds: 0,
  progress: { step: 0, losses: { sum: 0, steps: 0 }, recent: [], curve: [] },
  prefixes: {},
};

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
