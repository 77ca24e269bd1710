/** A two-layer encoder that each method trains as methods/reference/make-methods.py does, and its settings there. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerConfiguration } from '../../study/trial.ts';
import { padBatch } from '../encoder/batch.ts';
import { readEncoderConfig, withDropout } from '../encoder/config.ts';
import { noiseOfStep } from '../encoder/forward.ts';
import { modelParameters, type Parameter } from '../encoder/parameters.ts';
import type { Split } from '../inputs.ts';
import { download, type Handle, release } from '../kernels/handle.ts';
import { type RateOf, trainingPlan } from '../layers.ts';
import { lookAt } from '../look.ts';
import { createHeld } from '../methods/held.ts';
import { methodOf } from '../methods/methods.ts';
import { createModel, type Example, type Model, type ModelSettings } from '../model.ts';
import type { Input } from '../passes.ts';
import { openSafetensors } from '../safetensors.ts';
import { parseSettings } from '../settings.ts';
import { classification } from '../task.ts';
import { freshValue, loadParameter } from '../weights.ts';

export const folder = join(import.meta.dirname, '../methods/reference');
export const modelFolder = join(import.meta.dirname, '../fixtures/tiny-roberta');
const given = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/parity-roberta/reference.json'), 'utf8')) as {
  readonly lengths: readonly number[];
  readonly input_ids: readonly (readonly number[])[];
  readonly labels: readonly number[];
};

/** As in make-methods.py. */
const seed = 11;
export const horizon = 6;
const config = readEncoderConfig(modelFolder);
export const own = modelParameters(config, { outputs: 3, pooling: 'pooler' });
export const task = classification(3);
const texts = given.lengths.map((length, row) => ({
  ids: Int32Array.from(given.input_ids[row]!.slice(0, length)),
  types: new Int32Array(length),
}));
export const example = (step: number): Example => ({
  input: { batch: padBatch(texts, 1) },
  targets: task.targets(given.labels),
  noise: noiseOfStep(seed, step),
});
export const withoutDropout = withDropout(config, 0);

export interface Opened {
  readonly model: Model;
  readonly parameters: readonly Parameter[];
}

export interface Opening {
  readonly trainer: Readonly<Record<string, unknown>>;
  readonly how?: Partial<ModelSettings>;
  readonly layers?: LayerConfiguration;
  readonly dropout?: 'on' | 'off';
  /** Of added weights. */
  readonly added?: (parameter: Parameter) => Handle;
}

export function open({ trainer, how = {}, layers, dropout = 'off', added }: Opening): Opened {
  const settings = parseSettings({ model: modelFolder, data: 'none', warmup: 0.5, ...trainer });
  const { rateOf: rateInLayer } = trainingPlan(layers, { learningRate: 1e-3, headLearningRate: 3e-3 }, ['embeddings', '0', '1', 'head']);
  const here = dropout === 'on' ? config : withoutDropout;
  const facts = { ...settings, config: here, parameters: own, seed, horizon, rateOf: rateInLayer };
  const method = methodOf(settings, layers, facts);
  const parameters = [...own, ...(method.added ?? []), ...(method.inserted?.parameters ?? [])];
  const rateOf: RateOf<Parameter> = (parameter) => (method.trains?.(parameter) === false ? undefined : rateInLayer(parameter));
  const initial = (parameter: Parameter): Handle => {
    if (!own.includes(parameter)) return added?.(parameter) ?? freshValue(parameter, 0, seed, parameters.indexOf(parameter));
    const file = openSafetensors(join(modelFolder, 'model.safetensors'));
    const value = loadParameter(parameter, file);
    file.close();
    return value;
  };
  const start = (parameter: Parameter) => ({ weight: initial(parameter) });
  const fixed = { task, pooling: 'pooler', engine: 'raw', activations: 'keep', weightDecay: 0.01, clipNorm: 1 } as const;
  const model = createModel(here, parameters, start, rateOf, { ...fixed, ...how }, { method, held: createHeld(), initial });
  return { model, parameters };
}

/** With what the frozen prefix gives, if there is one. */
function inputOf(model: Model, indices: readonly number[]): Input {
  const some = indices.map((index) => texts[index]!);
  const batch = padBatch(some, 1);
  return model.frozenPrefix === 0 ? { batch } : { batch, prefix: model.runPrefix(batch) };
}

/** The texts as the data that a method looks at before the first step. */
const dataFor = (model: Model): Split => ({
  source: { batches: [], prefix: 'computed', input: (indices) => inputOf(model, indices) },
  lengths: given.lengths,
  labels: given.labels,
});

export async function begin(opening: Opening): Promise<Opened> {
  const opened = open(opening);
  await opened.model.survey(lookAt(opened.model, dataFor(opened.model), seed));
  return opened;
}

/** Of the texts set aside, if a step has any: the first two. */
function besideOf(model: Model, step: number): readonly Example[] | undefined {
  if (model.aside === undefined || step >= model.aside.until) return undefined;
  return [{ ...example(step), input: inputOf(model, [0, 1]), targets: task.targets(given.labels.slice(0, 2)) }];
}

export const takeStep = (model: Model, step: number): number => {
  const part = { ...example(step), input: inputOf(model, [...texts.keys()]) };
  const beside = besideOf(model, step);
  const { loss, halfSquaredNorms } = model.step([part], step + 1, 1, beside);
  const value = download(loss)[0]!; // a scalar
  const prefixes = [part, ...(beside ?? [])].flatMap(({ input: { prefix } }) => (prefix === undefined ? [] : [prefix]));
  for (const told of [loss, halfSquaredNorms, ...prefixes]) release(told);
  return value;
};
export const valuesOf = (model: Model, name: string): Float32Array => download(model.weight(name));
export const weightsOf = ({ optimizer }: Model) =>
  new Map(optimizer.parameters.map(({ name }) => [name, download(optimizer.weight(name))]));

export function assertClose(got: Float32Array, want: Float32Array, tolerance: number, what: string): void {
  const worst = got.reduce((most, value, index) => Math.max(most, Math.abs(value - want[index]!)), 0);
  assert.ok(got.length === want.length && worst <= tolerance, `${what}: differs by ${worst}`);
}

/** By the name of the reference. */
export const runs: Readonly<Record<string, Opening>> = {
  full: { trainer: {} },
  bitfit: { trainer: { method: 'bitfit' } },
  'bitfit-subset': { trainer: { method: 'bitfit', bitfit: { biases: 'subset' } } },
  lora: { trainer: { method: 'lora', lora: { rank: 2, alpha: 6 } }, added: ofReference },
  mixout: { trainer: { method: 'mixout', mixout: { rate: 0.4 } } },
  'mixout-byLayer': { trainer: { method: 'mixout', mixout: { rate: { 0: 0, head: 0.2, others: 0.6 } } } },
  'dps-dense': { trainer: { method: 'dps', dps: { updateRatio: 1 / 3 } } },
  'dps-mix': { trainer: { method: 'dps', dps: { variant: 'mix', updateRatio: 1 / 3 } } },
  'dps-mix-byLayer': {
    trainer: { method: 'dps', dps: { variant: 'mix', reserve: { 0: 0.4, others: 0.7 }, updateRatio: 1 / 3 } },
  },
  l2sp: { trainer: { method: 'l2sp', l2sp: { strength: 0.3, headStrength: 0.05 } } },
  'l2sp-decay': { trainer: { method: 'l2sp', l2sp: { form: 'decay', strength: 30, headStrength: 5 } } },
  rdrop: { trainer: { method: 'rdrop', rdrop: { alpha: 2 } }, dropout: 'on' },
  sam: { trainer: { method: 'sam' } },
  'sam-every': { trainer: { method: 'sam', sam: { rho: 0.5, every: 2 } } },
  asam: { trainer: { method: 'sam', sam: { rho: 0.5, adaptive: true } } },
  childTuning: { trainer: { method: 'childTuning' } },
  'childTuning-byLayer': { trainer: { method: 'childTuning', childTuning: { share: { embeddings: 0.5, 1: 0.2, others: 0.4 } } } },
  sift: { trainer: { method: 'sift', sift: { share: 0.1 } } },
  'childTuning-D': { trainer: { method: 'childTuning', childTuning: { variant: 'D' } } },
  'childTuning-D-byLayer': {
    trainer: { method: 'childTuning', childTuning: { variant: 'D', share: { 0: 0.6, others: 0.1 } } },
  },
  surgical: { trainer: { method: 'surgical', surgical: { layers: 1 } } },
  'surgical-rgn': { trainer: { method: 'surgical', surgical: { by: 'rgn', layers: 1 } } },
  'surgical-product': { trainer: { method: 'surgical', surgical: { by: 'product', layers: 1 } } },
  guidedDropout: { trainer: { method: 'guidedDropout', guidedDropout: { highest: 0.3 } }, dropout: 'on' },
  ema: { trainer: { method: 'averaging', averaging: { decay: 0.7, from: 0.2 } } },
  swa: { trainer: { method: 'averaging', averaging: { kind: 'swa', from: 0 } } },
  wiseft: { trainer: { method: 'wiseft', wiseft: { alpha: { embeddings: 0.2, 0: 0.5, others: 0.9 } } } },
  upet: { trainer: { method: 'upet', upet: { teacherShare: 1 / 6, tau: 2.5 } } },
  'upet-all': { trainer: { method: 'upet', upet: { teacherShare: 1 / 6, rounds: 1, tau: 1.5, tunes: 'all' } } },
  weightMixup: { trainer: { method: 'weightMixup', weightMixup: { deviation: 0.1, fixedShare: 2 / 3 } } },
  'weightMixup-first': { trainer: { method: 'weightMixup', weightMixup: { deviation: 0.1, fixedShare: 0, order: 'first' } } },
  r3f: { trainer: { method: 'r3f', r3f: { strength: 2, epsilon: 0.2 } } },
  'r3f-normal': { trainer: { method: 'r3f', r3f: { strength: 2, epsilon: 0.2, noise: 'normal' } } },
  smart: { trainer: { method: 'smart', smart: { strength: 2, radius: 0.1, ascent: 0.08 } } },
  'smart-proximal': {
    trainer: { method: 'smart', smart: { strength: 0.5, radius: 0.1, ascent: 0.08, proximal: 3, momentum: 0.6 } },
  },
  lnsr: { trainer: { method: 'lnsr', lnsr: { strength: 0.5, deviation: 0.1 } } },
  'lnsr-above': { trainer: { method: 'lnsr', lnsr: { strength: 0.5, deviation: 0.1, depth: 0.5 } } },
  houlsby: { trainer: { method: 'adapters', adapters: { size: 5 } }, added: ofReference },
  pfeiffer: { trainer: { method: 'adapters', adapters: { variant: 'pfeiffer', size: 5 } }, added: ofReference },
  prototypes: { trainer: { method: 'prototypes' } },
  dsee: { trainer: { method: 'dsee', dsee: { rank: 2, entries: 10 } }, added: ofReference },
  'dsee-sparse': { trainer: { method: 'dsee', dsee: { rank: 2, entries: 10, sparsity: 0.4 } }, added: ofReference },
  extrapolation: { trainer: { method: 'extrapolation', extrapolation: { ratio: 1.5 } } },
  'extrapolation-noise': { trainer: { method: 'extrapolation', extrapolation: { direction: 'noise', ratio: 1.5 } } },
  autoRgn: { trainer: { method: 'autoRates', autoRates: { batches: 2, period: 0.5 } } },
  autoSnr: { trainer: { method: 'autoRates', autoRates: { by: 'snr', batches: 2, period: 0.5, threshold: 0.9 } } },
  autoFreeze: { trainer: { method: 'autoFreeze', autoFreeze: { interval: 1 / 6 } } },
  levi: { trainer: { method: 'levi', levi: { width: 32 } }, added: ofReference },
  'levi-third': { trainer: { method: 'levi', levi: { taps: 'everyThird', width: 32 } }, added: ofReference },
  lpft: { trainer: { method: 'lpft', lpft: { headShare: 1 / 3 } } },
  // With the default ratio, 32, PyTorch's float32 lies 2.9e-5 from its float64 in one weight, whose gradient is nearly 0, and ours 5.5e-6.
  gradualUnfreezing: { trainer: { method: 'gradualUnfreezing', gradualUnfreezing: { cut: 1 / 3, ratio: 8 } } },
  'gradualUnfreezing-bottomUp': {
    trainer: { method: 'gradualUnfreezing', gradualUnfreezing: { order: 'bottomUp', cut: 1 / 3, ratio: 8 } },
  },
};

/** Not zeros, which would hide half of the gradients in the first step. */
function ofReference(parameter: Parameter): Handle {
  const file = openSafetensors(join(folder, 'added.safetensors'));
  const value = loadParameter(parameter, file);
  file.close();
  return value;
}
