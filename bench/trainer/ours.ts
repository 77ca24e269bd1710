/** Our side of bench/trainer.ts: does the work it is given whenever it is asked, as bench/peers/trainer.py does. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { seededStream } from '../../study/random.ts';
import { padBatch, type TokenBatch } from '../../trainer/encoder/batch.ts';
import { readEncoderConfig, withDropout } from '../../trainer/encoder/config.ts';
import { noiseOfStep } from '../../trainer/encoder/forward.ts';
import { layerNames, modelParameters, type Parameter } from '../../trainer/encoder/parameters.ts';
import { download, hold, release, tensorsOnDevice } from '../../trainer/kernels/handle.ts';
import { lookAt } from '../../trainer/look.ts';
import { createHeld } from '../../trainer/methods/held.ts';
import { methodOf } from '../../trainer/methods/methods.ts';
import { createModel, type Example, type Model } from '../../trainer/model.ts';
import type { Input } from '../../trainer/passes.ts';
import { openSafetensors } from '../../trainer/safetensors.ts';
import { parseSettings } from '../../trainer/settings.ts';
import { classification } from '../../trainer/task.ts';
import { freshValue, initialValue } from '../../trainer/weights.ts';
import type { Footprint, Work } from './work.ts';

const labels = 2;

function build({ model: folder, frozen, dropout, trainer = {}, horizon = 1000 }: Work): Model {
  const config = withDropout(readEncoderConfig(folder), dropout);
  const frozenLayers = new Set(layerNames(config).slice(0, frozen));
  const rateInLayer = ({ layer }: Pick<Parameter, 'layer'>) => (frozenLayers.has(layer) ? undefined : 1e-5);
  const own = modelParameters(config, { outputs: labels, pooling: 'pooler' });
  const settings = parseSettings({ model: folder, data: 'none', ...trainer });
  const method = methodOf(settings, undefined, { ...settings, config, parameters: own, seed: 0, horizon, rateOf: rateInLayer });
  const parameters = [...own, ...(method.added ?? []), ...(method.inserted?.parameters ?? [])];
  const fresh = (parameter: Parameter) => freshValue(parameter, config.initializerRange, 0, parameters.indexOf(parameter));
  const path = join(folder, 'model.safetensors');
  const file = existsSync(path) ? openSafetensors(path) : undefined;
  const initial = (parameter: Parameter) => (file === undefined ? fresh(parameter) : initialValue(parameter, file, () => fresh(parameter)));
  const rateOf = (parameter: Parameter) => (method.trains?.(parameter) === false ? undefined : rateInLayer(parameter));
  const start = (parameter: Parameter) => ({ weight: initial(parameter) });
  const fixed = {
    engine: 'raw',
    task: classification(labels),
    pooling: 'pooler',
    activations: 'keep',
    weightDecay: 0.01,
    clipNorm: 1,
  } as const;
  return createModel(config, parameters, start, rateOf, fixed, { method, held: createHeld(), initial });
}

/** What a process does between two questions is not timed: tensors of the batch are made within the work, as PyTorch's are. */
async function repeatable(work: Work): Promise<() => void> {
  const model = build(work);
  const { batch: size, time, does, prefix } = work;
  const { vocabulary } = model.config;
  const random = seededStream(0, 0);
  const first = Math.min(1000, Math.floor(vocabulary / 2));
  const tokens = (many: number): TokenBatch => {
    const texts = Array.from({ length: many }, () => ({
      ids: Int32Array.from({ length: time }, () => first + random.int(vocabulary - first)),
      types: new Int32Array(time),
    }));
    return padBatch(texts, 0);
  };
  const given = model.frozenPrefix > 0 && prefix === 'given' ? model.runPrefix(tokens(size)) : undefined;
  const input = (): Input => {
    const batch = tokens(size);
    return model.frozenPrefix === 0 ? { batch } : { batch, prefix: given === undefined ? model.runPrefix(batch) : hold(given) };
  };
  /** Of a look at the data before the first step, which is not timed. */
  const some = ({ length }: readonly number[]): Input => {
    const batch = tokens(length);
    return model.frozenPrefix === 0 ? { batch } : { batch, prefix: model.runPrefix(batch) };
  };
  const leave = ({ prefix: below }: Input) => {
    if (below !== undefined) release(below);
  };
  const targets = Float32Array.from({ length: size * labels }, (_, place) => (place % labels === Math.floor(place / labels) % 2 ? 1 : 0));

  if (does === 'infer') {
    return () => {
      const of = input();
      const logits = model.logits(of);
      download(logits);
      release(logits);
      leave(of);
    };
  }
  const texts = { lengths: Array.from({ length: size }, () => time), labels: Array.from({ length: size }, (_, text) => text % labels) };
  await model.survey(lookAt(model, { source: { batches: [], prefix: 'computed', input: some }, ...texts }, 0));
  let count = 0;
  return () => {
    const example = (): Example => ({ input: input(), targets, noise: noiseOfStep(0, count) });
    count += 1;
    const of = example();
    const beside = model.aside !== undefined && count <= model.aside.until ? example() : undefined;
    const { loss, halfSquaredNorms } = model.step([of], count, 1, beside && [beside]);
    download(loss);
    for (const told of [loss, halfSquaredNorms]) release(told);
    for (const each of [of, beside]) if (each !== undefined) leave(each.input);
  };
}

function footprint(): Footprint {
  const status = readFileSync('/proc/self/status', 'utf8');
  const bytes = (field: string) => 1024 * Number(new RegExp(`${field}:\\s*(\\d+)`).exec(status)![1]); // Linux has both fields
  return { peakBytes: bytes('VmHWM'), residentBytes: bytes('VmRSS'), tensors: tensorsOnDevice() };
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

type Question = { readonly work: Work } | { readonly times: number } | { readonly footprint: true };

let run = () => {};
async function answer(question: Question): Promise<unknown> {
  if ('work' in question) {
    run = await repeatable(question.work);
    return null;
  }
  return 'times' in question ? Array.from({ length: question.times }, () => timed(run)) : footprint();
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Question))}\n`);
}
process.exit(); // TensorFlow's threads would keep it
