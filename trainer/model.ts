/** A classifier on an encoder, of which some layers are trained and the others stay as they are. */
import type { TokenBatch } from './encoder/batch.ts';
import type { EncoderConfig } from './encoder/config.ts';
import { type NoiseSource, noNoise } from './encoder/forward.ts';
import { layerNames, type Parameter, type Pooling } from './encoder/parameters.ts';
import {
  type Differentiated,
  type Engine,
  type Graph,
  meanOf,
  type Rows,
  type WeightSource,
  type Weights,
  weightOf,
} from './engine/graph.ts';
import { type Memory, rawEngine } from './engine/raw.ts';
import { tapeEngine } from './engine/tape.ts';
import { add, zerosLike } from './kernels/arithmetic.ts';
import { giveToScope, type Handle, hold, inScope, release, scoped, unscoped, upload } from './kernels/handle.ts';
import type { RateOf } from './layers.ts';
import { createHeld, type Held } from './methods/held.ts';
import {
  type Aside,
  asTheyAre,
  type Choices,
  type Lens,
  type Look,
  type Loss,
  type LossPass,
  type Method,
  type Part,
  type Session,
  type StepScope,
} from './methods/method.ts';
import { type AdamWSettings, adamW, type Moments, type Optimizer, type Pace, type Trained } from './optimizer/adamw.ts';
import { type Input, type KnownLayers, passes } from './passes.ts';
import type { Task } from './task.ts';

export interface ModelSettings extends Omit<AdamWSettings, 'decays'> {
  readonly task: Task;
  readonly pooling: Pooling;
  /** `raw` trains; `tape` is slower, and there to check it with. */
  readonly engine: 'raw' | 'tape';
  /** Whether activations are kept for the way back, or computed again there. Of the raw engine. */
  readonly activations: Memory;
}

/** What a step tells, still on the device; the caller's to release. */
interface Stepped {
  readonly loss: Handle;
  /** Of each gradient, before clipping: half its square. In the order of `optimizer.parameters`; 0 for a parameter that rests. */
  readonly halfSquaredNorms: Handle;
}

/** A method, and what it has to go on with. */
export interface Practice {
  readonly method: Method;
  /** See `Opening`. Taken over. */
  readonly held: Held;
  /** A weight before the first step. Asked for at most once for each; taken over. */
  initial(parameter: Parameter): Handle;
}

export interface Model {
  readonly config: EncoderConfig;
  readonly optimizer: Optimizer;
  readonly task: Task;
  readonly pooling: Pooling;
  /** Layers whose output can be computed beforehand, from the embeddings on: those frozen without a gap, 0 … L+1. None where all are mixed. */
  readonly frozenPrefix: number;
  /** What heads see of the frozen prefix, where they see more than its highest layer: layers from 1. See `Method.ensemble`. */
  readonly seenLayers: readonly number[] | undefined;
  /**
   * Runs the frozen prefix, in inference mode. Only where there is one.
   * @param from - what its lowest layers give, if that is known
   */
  runPrefix(batch: TokenBatch, from?: KnownLayers): Handle;
  /** Before the first step: what the method wants to find out from the training data. */
  survey(look: Look): Promise<void>;
  /** Before each step, if the method does so: see `Session.guess`. */
  readonly guess: Session['guess'];
  /** As `logits`, with dropout. */
  sampledLogits(input: Input, noise: NoiseSource): Handle;
  /**
   * One optimizer step on the mean loss of all texts.
   * @param count - number of the step, from 1
   * @param share - of the learning rates
   * @param beside - texts that the step is not taken on, while there are any: see `aside`
   */
  step(parts: readonly Example[], count: number, share: number, beside?: readonly Example[]): Stepped;
  /** Texts that the method wants set aside. */
  readonly aside: Aside | undefined;
  readonly choices: Choices | undefined;
  /** The mean loss and its gradients, in the order of `optimizer.parameters`. */
  gradients(parts: readonly Example[]): Differentiated;
  /** (size, outputs), in inference mode. */
  logits(input: Input): Handle;
  /** What the classifier sees, in inference mode: (size, hidden). */
  features(input: Input): Handle;
  /** A weight, trained or frozen, as a pass without training sees it. The caller releases it before the next step. */
  weight(name: string): Handle;
  /** Weights that are written beside the model's own, see `Method.inserted`. */
  readonly inserted: readonly Parameter[];
  /** Of the method. */
  readonly held: Held;
  dispose(): void;
}

/** A part of a step's texts with what they should give. Several share the words of all: see `padBatches`. */
export interface Example {
  readonly input: Input;
  /** (size, outputs). */
  readonly targets: Float32Array;
  readonly noise: NoiseSource;
}

/**
 * @param start - first values of all weights, and the moments of the trained ones if this is not the beginning; taken over
 */
export function createModel(
  config: EncoderConfig,
  parameters: readonly Parameter[],
  start: (parameter: Parameter) => Start,
  rateOf: RateOf<Parameter>,
  settings: ModelSettings,
  { method, held, initial }: Practice = { method: {}, held: createHeld(), initial: (parameter) => start(parameter).weight },
): Model {
  const { task, pooling } = settings;
  const { frozen, optimizer } = divide(parameters, start, rateOf, { ...settings, ...(method.decays && { decays: method.decays }) });
  const isTrained = new Set(optimizer.parameters.map(({ name }) => name));
  const trainedLayers = new Set(optimizer.parameters.map(({ layer }) => layer));
  const still = layerNames(config).findIndex((name) => trainedLayers.has(name));
  const read = (name: string) => (isTrained.has(name) ? optimizer.weight(name) : giveToScope(hold(frozen.get(name)!))); // one or the other
  const readRows = (name: string, rows: Int32Array) => (isTrained.has(name) ? optimizer.rows(name, rows) : undefined);
  const engine = engineFor({ trained: [...isTrained], read, readRows }, settings);

  const initials = new Map<string, Handle>();
  const session: Session =
    method.open?.({
      trained: optimizer.parameters,
      weight: read,
      initial(parameter) {
        const { name } = parameter;
        if (!initials.has(name))
          initials.set(
            name,
            unscoped(() => initial(parameter)),
          );
        return giveToScope(hold(initials.get(name)!)); // just set
      },
      assign: optimizer.assign,
      held,
    }) ?? {};
  const evaluatedParameter = new Map(session.evaluated === undefined ? [] : optimizer.parameters.map((each) => [each.name, each]));
  const readEvaluated = (name: string): Handle => {
    const parameter = evaluatedParameter.get(name);
    return parameter === undefined ? read(name) : session.evaluated!(parameter); // there are none without it
  };
  const readEvaluatedRows = (name: string, rows: Int32Array) => (evaluatedParameter.has(name) ? undefined : readRows(name, rows));
  const evaluating = engineFor({ trained: [], read: readEvaluated, readRows: readEvaluatedRows }, settings);

  const seenThrough = (lens: Lens): Lens => {
    const { lens: always } = method;
    return always === undefined ? lens : (graph, weights, name) => always(graph, (inner) => lens(graph, weights, inner), name);
  };
  const { frozenPrefix, run, ...through } = passes({ config, pooling, still, method, session });
  const seen = seenThrough(asTheyAre);

  /** What the loss of a part is made of, on any graph. */
  const lossPass = <T>(graph: Graph<T>, weights: Weights<T>, { input, targets, noise }: Example, over: number, lens: Lens): LossPass<T> => {
    const wanted = graph.constant(upload(targets, [input.batch.size, task.outputs]));
    const rows = through.rows(input);
    return {
      graph,
      pass(bend, instead) {
        const view = { lens: seenThrough(instead === undefined ? lens : insteadOf(lens, instead, rows)), noise };
        const { heads, hidden, again } = run(graph, weights, view, input, bend);
        return { outputs: meanOf(graph, heads), ensemble: heads, hidden, again };
      },
      taskLoss: (outputs: T) => graph.apply(task.loss, { outputs, targets: wanted }, { over }),
      targets: wanted,
      over,
    };
  };
  const partOf = (step: number, part: number, example: Example, over: number, lens: Lens): Part => {
    const { batch, prefix } = example.input;
    return {
      step,
      part,
      lengths: batch.lengths,
      bottom: (prefix?.shape ?? [batch.size * batch.time, config.hidden]) as [number, number],
      sensitivity(at, loss) {
        const source: WeightSource = {
          trained: [bottomName],
          read: (name) => (name === bottomName ? giveToScope(hold(at)) : read(name)),
          readRows,
        };
        const pass = <T>(graph: Graph<T>, weights: Weights<T>): T =>
          loss(lossPass(graph, weights, example, over, lens), weights(bottomName));
        const found = engineFor(source, settings).gradients(pass, through.rows(example.input));
        return found.gradients[0]!.of; // the one that was asked for
      },
    };
  };

  const gradientsOf = (parts: readonly Example[], lossFor: (part: Part) => Loss, lens: Lens, trained: readonly Parameter[], step = 0) => {
    const isAll = trained.length === optimizer.parameters.length;
    const own = isAll ? engine : engineFor({ trained: trained.map(({ name }) => name), read, readRows }, settings);
    const over = parts.reduce((sum, { input }) => sum + input.batch.size, 0);
    const ofPart = (example: Example, part: number): Differentiated => {
      const find = () => {
        const lossOf = lossFor(partOf(step, part, example, over, lens));
        return unscoped(() =>
          own.gradients((graph, weights) => lossOf(lossPass(graph, weights, example, over, lens)), through.rows(example.input)),
        );
      };
      return inScope(find);
    };
    return parts.map(ofPart).reduce(summed);
  };

  const quiet = { lens: seen, noise: noNoise };
  const scores = (input: Input, noise: NoiseSource): Handle =>
    evaluating.run((graph, weights) => meanOf(graph, run(graph, weights, { lens: seen, noise }, input).heads), through.rows(input));

  const paceAt = (parameter: Parameter, step: number, share: number): Pace | undefined =>
    session.pace === undefined ? { count: step + 1, share } : session.pace(parameter, step, share);

  return {
    config,
    task,
    pooling,
    optimizer,
    frozenPrefix,
    seenLayers: method.ensemble?.sees,
    held,
    aside: method.aside,
    choices: session.choices,
    inserted: method.inserted?.parameters ?? [],
    survey: async (look) => session.survey?.(look),
    guess: session.guess,
    gradients: (parts) => gradientsOf(parts, () => taskLoss, asTheyAre, optimizer.parameters),
    weight: (name) =>
      method.lens === undefined
        ? scoped(() => readEvaluated(name))
        : evaluating.run((graph, weights) => seen(graph, weights, name), new Map()),
    runPrefix: (batch, from) =>
      evaluating.run(
        (graph, weights) => through.prefix(graph, weights, quiet, batch, from),
        from === undefined ? through.rows({ batch }) : new Map(),
      ),
    step(parts, count, share, beside) {
      const step = count - 1;
      const trained = optimizer.parameters.filter((parameter) => paceAt(parameter, step, share) !== undefined);
      const lossFor = session.loss ?? (() => taskLoss);
      const evaluate = (lens: Lens = asTheyAre) => gradientsOf(parts, lossFor, lens, trained, step);
      const look: StepScope['look'] = (texts, lens) => {
        const some = texts === 'step' ? parts : beside!; // it is not handed out without them
        const still = some.map((example) => ({ ...example, noise: noNoise }));
        return gradientsOf(still, () => taskLoss, lens, trained, step);
      };
      const scope: StepScope = { step, share, trained, evaluate, ...(beside && { look }) };
      const { loss, gradients } = session.differentiate === undefined ? evaluate() : inStep(session, scope);
      const halfSquaredNorms = optimizer.step(gradients, (parameter) => paceAt(parameter, step, share));
      inScope(() => session.stepped?.(step));
      return { loss, halfSquaredNorms };
    },
    logits: (input) => scores(input, noNoise),
    sampledLogits: scores,
    features: (input) => evaluating.run((graph, weights) => through.features(graph, weights, quiet, input), through.rows(input)),
    dispose() {
      optimizer.dispose();
      for (const handle of frozen.values()) release(handle);
      for (const handle of initials.values()) release(handle);
      for (const [name] of [...held.entries()]) held.delete(name);
    },
  };
}

/** Tables among the weights are read by rows, as the model's own are. */
function insteadOf(lens: Lens, weight: (name: string) => Handle | undefined, rows: Rows): Lens {
  return (graph, weights, name) => {
    const other = weight(name);
    return other === undefined ? lens(graph, weights, name) : graph.constant(weightOf({ trained: [], read: () => other }, name, rows));
  };
}

const taskLoss: Loss = ({ pass, taskLoss: of }) => of(pass().outputs);

/** See `Part.sensitivity`; no weight is called so. */
const bottomName = 'bottom';

/** Runs a method's part of a step and frees what it made, but what it returns: that is the caller's. */
function inStep({ differentiate }: Session, scope: StepScope): Differentiated {
  const given = (find: () => Differentiated): Differentiated => {
    const found = unscoped(find);
    for (const handle of [found.loss, ...found.gradients.map(({ of }) => of)]) giveToScope(handle);
    return found;
  };
  const { look } = scope;
  const own: StepScope = {
    ...scope,
    evaluate: (lens) => given(() => scope.evaluate(lens)),
    ...(look && { look: (texts, lens) => given(() => look(texts, lens)) }),
  };
  let rows: readonly (Int32Array | undefined)[] = [];
  const [loss, ...gradients] = scoped(() => {
    const found = differentiate!(own); // it is there
    rows = found.gradients.map((gradient) => gradient.rows);
    return [found.loss, ...found.gradients.map(({ of }) => of)];
  });
  return { loss: loss!, gradients: gradients.map((of, index) => ({ of, ...(rows[index] && { rows: rows[index] }) })) }; // the loss comes first
}

type Start = Pick<Moments, 'weight'> & Partial<Moments>;

/** What stays as it is, and what an optimizer changes. */
function divide(
  parameters: readonly Parameter[],
  start: (parameter: Parameter) => Start,
  rateOf: RateOf<Parameter>,
  settings: AdamWSettings,
): { readonly frozen: ReadonlyMap<string, Handle>; readonly optimizer: Optimizer } {
  const frozen = new Map<string, Handle>();
  const trained: Trained[] = [];
  for (const parameter of parameters) {
    const learningRate = rateOf(parameter);
    const first = start(parameter);
    const { weight } = first;
    if (learningRate === undefined) {
      frozen.set(parameter.name, weight);
      continue;
    }
    const { mean = zerosLike(weight), square = zerosLike(weight) } = first;
    trained.push({ parameter, learningRate, weight, mean, square });
  }
  return { frozen, optimizer: adamW(trained, settings) };
}

function engineFor(source: WeightSource, { engine, activations }: ModelSettings): Engine {
  return engine === 'raw' ? rawEngine(source, activations) : tapeEngine(source);
}

/** Sum of what two parts of a step gave. Takes both over. */
function summed(a: Differentiated, b: Differentiated): Differentiated {
  const plus = (one: Handle, other: Handle): Handle => {
    const both = add(one, other);
    release(one);
    release(other);
    return both;
  };
  return {
    loss: plus(a.loss, b.loss),
    gradients: a.gradients.map((gradient, index) => ({ ...gradient, of: plus(gradient.of, b.gradients[index]!.of) })), // of the same parameters
  };
}
