/** Every method against PyTorch, in three steps, and what defines it. reference/make-methods.py wrote the references. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { type MethodName, methodNames } from '../../study/methods/methods.ts';
import type { LayerConfiguration, LayerSetting } from '../../study/trial.ts';
import { padBatch } from '../encoder/batch.ts';
import { readEncoderConfig } from '../encoder/config.ts';
import { noiseOfStep } from '../encoder/forward.ts';
import { modelParameters, type Parameter } from '../encoder/parameters.ts';
import { uniform } from '../kernels/dropout.ts';
import { download, type Handle, release, tensorsOnDevice, upload } from '../kernels/handle.ts';
import { type RateOf, trainingPlan } from '../layers.ts';
import { lookAt } from '../look.ts';
import { createModel, type Example, type Model, type ModelSettings } from '../model.ts';
import { openRun, type Run, type RunHooks } from '../run.ts';
import { openSafetensors } from '../safetensors.ts';
import { parseSettings } from '../settings.ts';
import { classification } from '../task.ts';
import { writeTinyDataset } from '../testing/tiny-dataset.ts';
import type { Split } from '../train.ts';
import { freshValue, loadParameter, storeParameter } from '../weights.ts';
import { slantedTriangle } from './gradual-unfreezing.ts';
import { createHeld } from './held.ts';
import { isLinear, linearMatrices } from './matrices.ts';
import { methodOf } from './methods.ts';

const folder = join(import.meta.dirname, 'reference');
const modelFolder = join(import.meta.dirname, '../fixtures/tiny-roberta');
const given = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/parity-roberta/reference.json'), 'utf8')) as {
  readonly lengths: readonly number[];
  readonly input_ids: readonly (readonly number[])[];
  readonly labels: readonly number[];
};
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as {
  readonly uniform: readonly number[];
  readonly losses: Readonly<Record<string, readonly number[]>>;
};

/** As in make-methods.py. */
const [seed, horizon] = [11, 6];
const config = readEncoderConfig(modelFolder);
const own = modelParameters(config, { outputs: 3, pooling: 'pooler' });
const task = classification(3);
const texts = given.lengths.map((length, row) => ({
  ids: Int32Array.from(given.input_ids[row]!.slice(0, length)),
  types: new Int32Array(length),
}));
const example = (step: number): Example => ({
  input: { batch: padBatch(texts, 1, config.longest) },
  targets: task.targets(given.labels),
  noise: noiseOfStep(seed, step),
});
const withoutDropout = { ...config, hiddenDropout: 0, attentionDropout: 0, attendedDropout: 0, headDropout: 0 };

interface Opened {
  readonly model: Model;
  readonly parameters: readonly Parameter[];
}

interface Opening {
  readonly trainer: Readonly<Record<string, unknown>>;
  readonly how?: Partial<ModelSettings>;
  readonly layers?: LayerConfiguration;
  readonly dropout?: 'on' | 'off';
  /** Of added weights. */
  readonly added?: (parameter: Parameter) => Handle;
}

function open({ trainer, how = {}, layers, dropout = 'off', added }: Opening): Opened {
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

/** The texts as the data that a method looks at before the first step. */
const data: Split = {
  source: {
    batches: [],
    prefix: 'computed',
    input: (indices) => ({
      batch: padBatch(
        indices.map((index) => texts[index]!),
        1,
        config.longest,
      ),
    }),
  },
  lengths: given.lengths,
  labels: given.labels,
};

async function begin(opening: Opening): Promise<Opened> {
  const opened = open(opening);
  await opened.model.survey(lookAt(opened.model, data, seed));
  return opened;
}

const takeStep = (model: Model, step: number): number => {
  const { loss, halfSquaredNorms } = model.step([example(step)], step + 1, 1);
  const value = download(loss)[0]!; // a scalar
  for (const told of [loss, halfSquaredNorms]) release(told);
  return value;
};
const valuesOf = (model: Model, name: string): Float32Array => download(model.weight(name));
const weightsOf = ({ optimizer }: Model) => new Map(optimizer.parameters.map(({ name }) => [name, download(optimizer.weight(name))]));

function assertClose(got: Float32Array, want: Float32Array, tolerance: number, what: string): void {
  const worst = got.reduce((most, value, index) => Math.max(most, Math.abs(value - want[index]!)), 0);
  assert.ok(got.length === want.length && worst <= tolerance, `${what}: differs by ${worst}`);
}

/** By the name of the reference. */
const runs: Readonly<Record<string, Opening>> = {
  full: { trainer: {} },
  bitfit: { trainer: { method: 'bitfit' } },
  'bitfit-subset': { trainer: { method: 'bitfit', bitfit: { biases: 'subset' } } },
  lora: { trainer: { method: 'lora', lora: { rank: 2, alpha: 6 } }, added: ofReference },
  mixout: { trainer: { method: 'mixout', mixout: { rate: 0.4 } } },
  'dps-dense': { trainer: { method: 'dps', dps: { updateRatio: 1 / 3 } } },
  'dps-mix': { trainer: { method: 'dps', dps: { variant: 'mix', updateRatio: 1 / 3 } } },
  l2sp: { trainer: { method: 'l2sp', l2sp: { strength: 0.3, headStrength: 0.05 } } },
  rdrop: { trainer: { method: 'rdrop', rdrop: { alpha: 2 } }, dropout: 'on' },
  sam: { trainer: { method: 'sam' } },
  asam: { trainer: { method: 'sam', sam: { rho: 0.5, adaptive: true } } },
  childTuning: { trainer: { method: 'childTuning' } },
  sift: { trainer: { method: 'sift', sift: { share: 0.1 } } },
  'childTuning-D': { trainer: { method: 'childTuning', childTuning: { variant: 'D' } } },
  surgical: { trainer: { method: 'surgical', surgical: { layers: 1 } } },
  guidedDropout: { trainer: { method: 'guidedDropout', guidedDropout: { highest: 0.3 } }, dropout: 'on' },
  ema: { trainer: { method: 'averaging', averaging: { decay: 0.7, from: 0.2 } } },
  swa: { trainer: { method: 'averaging', averaging: { kind: 'swa', from: 0 } } },
  wiseft: { trainer: { method: 'wiseft', wiseft: { alpha: [0.2, 0.5, 0.9] } } },
  r3f: { trainer: { method: 'r3f', r3f: { strength: 2, epsilon: 0.2 } } },
  'r3f-normal': { trainer: { method: 'r3f', r3f: { strength: 2, epsilon: 0.2, noise: 'normal' } } },
  smart: { trainer: { method: 'smart', smart: { strength: 2, radius: 0.1, ascent: 0.08 } } },
  lnsr: { trainer: { method: 'lnsr', lnsr: { strength: 0.5, deviation: 0.1 } } },
  houlsby: { trainer: { method: 'adapters', adapters: { size: 5 } }, added: ofReference },
  pfeiffer: { trainer: { method: 'adapters', adapters: { variant: 'pfeiffer', size: 5 } }, added: ofReference },
  autoRgn: { trainer: { method: 'autoRates', autoRates: { batches: 2, period: 0.5 } } },
  autoSnr: { trainer: { method: 'autoRates', autoRates: { by: 'snr', batches: 2, period: 0.5, threshold: 0.9 } } },
  autoFreeze: { trainer: { method: 'autoFreeze', autoFreeze: { interval: 1 / 6 } } },
  lpft: { trainer: { method: 'lpft', lpft: { headShare: 1 / 3 } } },
  gradualUnfreezing: { trainer: { method: 'gradualUnfreezing', gradualUnfreezing: { cut: 1 / 3, ratio: 8 } } },
};

/** Not zeros, which would hide half of the gradients in the first step. */
function ofReference(parameter: Parameter): Handle {
  const file = openSafetensors(join(folder, 'added.safetensors'));
  const value = loadParameter(parameter, file);
  file.close();
  return value;
}

const ways: Readonly<Record<string, Partial<ModelSettings>>> = {
  raw: {},
  'raw, computing again': { activations: 'recompute' },
  tape: { engine: 'tape' },
};

/** A bias on the keys shifts all scores of a query alike: its true gradient is 0, and Adam would compare the size of rounding errors. */
const hasGradient = (name: string) => !/key\.bias$/.test(name);

test('the reference draws the numbers that TensorFlow draws', () => {
  assert.deepEqual([...download(uniform([7], [3, -5]))], reference.uniform);
});

test('every method has a reference', () => {
  const compared = new Set(Object.values(runs).map(({ trainer }) => (trainer.method ?? 'full') as MethodName));
  assert.deepEqual(new Set(methodNames), compared);
  assert.deepEqual(Object.keys(runs).toSorted(), Object.keys(reference.losses).toSorted());
});

for (const [name, opening] of Object.entries(runs)) {
  suite(name, () => {
    for (const [how, settings] of Object.entries(ways)) {
      test(`three steps equal the reference: ${how}`, async () => {
        const { model } = await begin({ ...opening, how: settings });
        for (const [step, want] of reference.losses[name]!.entries()) {
          const got = takeStep(model, step);
          assert.ok(Math.abs(got - want) < 1e-5, `loss of step ${step}: ${got}, not ${want}`);
        }
        const want = openSafetensors(join(folder, `${name}.safetensors`));
        const compared = model.optimizer.parameters.flatMap((parameter) =>
          storeParameter(parameter, model.weight(parameter.name)).map(([stored, { data }]) => {
            if (hasGradient(stored)) assertClose(data, want.read(stored).data, 1e-5, stored);
            return stored;
          }),
        );
        assert.deepEqual(compared.toSorted(), [...want.names].toSorted());
        want.close();
        model.dispose();
      });
    }

    test('a step leaves no tensor behind but what is held', async () => {
      const { model } = await begin(opening);
      const onDevice = () => tensorsOnDevice() - [...model.held.entries()].length;
      for (let step = 0; step < 4; step += 1) takeStep(model, step);
      const before = onDevice();
      for (let step = 4; step < horizon; step += 1) takeStep(model, step);
      assert.equal(onDevice(), before);
      model.dispose();
    });
  });
}

/** Numbers that a run of so many steps has changed, by weight. */
function changedBy({ model }: Opened, steps: number): ReadonlyMap<string, readonly boolean[]> {
  const before = weightsOf(model);
  for (let step = 0; step < steps; step += 1) takeStep(model, step);
  return new Map(
    [...weightsOf(model)].map(([name, values]) => [name, Array.from(values, (value, index) => value !== before.get(name)![index])]),
  );
}

const share = (changed: readonly boolean[]) => changed.filter(Boolean).length / changed.length;

suite('what defines a method', () => {
  test('bitfit: biases and the head learn, nothing else', () => {
    const { model, parameters } = open({ trainer: { method: 'bitfit' } });
    const want = parameters.filter(({ kind, layer }) => kind === 'bias' || layer === 'head').map(({ name }) => name);
    assert.deepEqual(
      model.optimizer.parameters.map(({ name }) => name),
      want,
    );
  });

  test('lora: begins as the pre-trained model, and what is written afterwards has the product in it', () => {
    const opening: Opening = { trainer: { method: 'lora', lora: { rank: [0, 3], targets: 'all' } } };
    const [plain, { model, parameters }] = [open({ trainer: {} }).model, open(opening)];
    assert.deepEqual(new Set(parameters.filter(({ kind }) => kind === 'lowRank').map(({ layer }) => layer)), new Set(['1']));
    assert.equal(model.frozenPrefix, 2); // embeddings and layer 0, which has rank 0
    const input = { ...example(0).input, prefix: model.runPrefix(example(0).input.batch) };
    assertClose(download(model.logits(input)), download(plain.logits(example(0).input)), 1e-6, 'logits');

    for (let step = 0; step < 3; step += 1) model.step([{ ...example(step), input }], step + 1, 1);
    const merged = own.map((parameter) => ({ parameter, values: valuesOf(model, parameter.name) }));
    const start = (parameter: Parameter) => {
      const { shape } = parameter;
      return { weight: upload(merged.find((each) => each.parameter === parameter)!.values, shape) };
    };
    const fixed = { task, pooling: 'pooler', engine: 'raw', activations: 'keep', weightDecay: 0, clipNorm: 1 } as const;
    const written = createModel(withoutDropout, own, start, () => 1, fixed);
    const outputs = download(model.logits(input));
    assert.notDeepEqual(outputs, download(plain.logits(example(0).input)));
    assertClose(download(written.logits(example(0).input)), outputs, 1e-6, 'logits of the written model');
  });

  test('lora as the mode of a layer: it learns so, and the others as their modes say', () => {
    const layers: readonly LayerSetting[] = [
      { name: 'embeddings', mode: 'frozen' },
      { name: '0', mode: 'lora', learningRate: 1e-3 },
      { name: '1', mode: 'full', learningRate: 1e-3 },
      { name: 'head', mode: 'full', learningRate: 1e-3 },
    ];
    const { model } = open({ trainer: {}, layers });
    const learns = (layer: string) => new Set(model.optimizer.parameters.filter((each) => each.layer === layer).map(({ kind }) => kind));
    assert.deepEqual([learns('0'), learns('1')], [new Set(['lowRank']), new Set(['weight', 'bias', 'scale'])]);
    assert.throws(() => open({ trainer: { method: 'sam' }, layers }), /trainer\.method: must be full or lora where layers have mode lora/);
  });

  test("mixout: a mixed weight's expectation is the weight, and without a rate it is full fine-tuning", () => {
    const changed = (rate: number) => {
      const { model } = open({ trainer: { method: 'mixout', mixout: { rate } } });
      for (let step = 0; step < 3; step += 1) takeStep(model, step);
      return valuesOf(model, '1.widen.weight');
    };
    const plain = open({ trainer: {} }).model;
    for (let step = 0; step < 3; step += 1) takeStep(plain, step);
    assert.deepEqual(changed(0), valuesOf(plain, '1.widen.weight'));
    assert.notDeepEqual(changed(0.5), valuesOf(plain, '1.widen.weight'));
  });

  for (const variant of ['dense', 'mix']) {
    test(`dps ${variant}: stages alternate, and each selection has the stated share of every matrix`, () => {
      const { model } = open({ trainer: { method: 'dps', dps: { variant, reserve: 0.4, updateRatio: 1 / 3 } } });
      const kindsAfter = Array.from({ length: horizon }, (_, step) => {
        takeStep(model, step);
        return new Set(Array.from(model.held.entries(), ([name]) => name.split('.')[0]));
      });
      const estimating = kindsAfter.map((kinds) => kinds.has('importance'));
      assert.deepEqual(estimating, [true, true, false, false, true, true]);
      for (const { name, shape } of linearMatrices(own)) {
        const mask = download(model.held.get(`mask.${name}`)!);
        const [inputs, parts, outputs] = shape;
        for (let part = 0; part < parts; part += 1) {
          const ofPart = mask.filter((_, index) => Math.floor(index / outputs) % parts === part);
          const chosen = ofPart.reduce((total, each) => total + each, 0);
          assert.equal(chosen, Math.ceil(inputs * outputs * 0.4), `${name}, matrix ${part}`);
        }
      }
    });
  }

  test('dps: a stage has at least one step, however few there are', () => {
    const { model } = open({ trainer: { method: 'dps', dps: { updateRatio: 0.01 } } });
    for (let step = 0; step < 2; step += 1) takeStep(model, step);
    assert.ok(model.held.get('mask.0.query.weight') !== undefined);
  });

  test('sift: the same numbers learn in all steps, the stated share of each matrix', () => {
    const opening: Opening = { trainer: { method: 'sift', sift: { share: 0.1 } } };
    const [early, late] = [changedBy(open(opening), 1), changedBy(open(opening), 5)];
    for (const { name } of own.filter((parameter) => parameter.part === 'attention' && isLinear(parameter))) {
      assert.deepEqual(late.get(name), early.get(name), name);
      assert.ok(Math.abs(share(late.get(name)!) - 0.1) < 0.01, `${name}: ${share(late.get(name)!)}`);
    }
  });

  test('childTuning: with a share of 1 it is full fine-tuning; else about that share has a gradient', () => {
    const full = changedBy(open({ trainer: {} }), 1).get('1.widen.weight')!;
    assert.equal(share(full), 1);
    const all = open({ trainer: { method: 'childTuning', childTuning: { share: 1 } } }).model;
    const plain = open({ trainer: {} }).model;
    assert.equal(takeStep(all, 0), takeStep(plain, 0));
    assertClose(valuesOf(all, '1.widen.weight'), valuesOf(plain, '1.widen.weight'), 1e-7, 'weight');
    const some = open({ trainer: { method: 'childTuning' }, how: { weightDecay: 0 } });
    const chosen = share(changedBy(some, 1).get('1.widen.weight')!);
    assert.ok(chosen > 0.2 && chosen < 0.4, `${chosen}`);
  });

  test('lpft: until the head has learnt alone the others stay as they are, bit for bit', () => {
    const { model } = open({ trainer: { method: 'lpft', lpft: { headShare: 0.5 } } });
    const before = weightsOf(model);
    const moved = () =>
      [...weightsOf(model)].filter(([name, values]) => !Buffer.from(values.buffer).equals(Buffer.from(before.get(name)!.buffer)));
    for (let step = 0; step < 3; step += 1) takeStep(model, step);
    assert.ok(moved().every(([name]) => /^(pooler|classifier)/.test(name)) && moved().length > 0);
    takeStep(model, 3);
    assert.ok(moved().length > 30);
  });

  test('gradualUnfreezing: layers begin from the top, at even distances', () => {
    const { model } = open({ trainer: { method: 'gradualUnfreezing', gradualUnfreezing: { until: 0.5 } } });
    const begun = new Map<string, number>();
    for (let step = 0; step < horizon; step += 1) {
      const before = weightsOf(model);
      takeStep(model, step);
      for (const { name, layer } of model.optimizer.parameters) {
        if (!begun.has(layer) && download(model.optimizer.weight(name)).some((value, index) => value !== before.get(name)![index]))
          begun.set(layer, step);
      }
    }
    assert.deepEqual(
      begun,
      new Map([
        ['head', 0],
        ['1', 1],
        ['0', 2],
        ['embeddings', 3],
      ]),
    );
  });

  test('slanted triangle: up to 1 in the first tenth, down to 1/ratio at the end, never below 0', () => {
    const at = (step: number) => slantedTriangle(step, 100, 0.1, 32);
    assert.deepEqual(
      [at(10), at(100)].map((value) => value.toFixed(6)),
      ['1.000000', (1 / 32).toFixed(6)],
    );
    assert.ok(at(5) < at(9) && at(50) > at(90));
    assert.equal(slantedTriangle(19, 19, 0.1, 32), 0);
  });

  test('rdrop: without dropout the two passes agree, and it is full fine-tuning', () => {
    const twice = open({ trainer: { method: 'rdrop', rdrop: { alpha: 5 } } }).model;
    const once = open({ trainer: {} }).model;
    assert.ok(Math.abs(takeStep(twice, 0) - takeStep(once, 0)) < 1e-6);
    assertClose(valuesOf(twice, '1.widen.weight'), valuesOf(once, '1.widen.weight'), 1e-6, 'weight');
  });

  test('l2sp: the pull leads back: weights end nearer to where they began', () => {
    const awayAfter = (trainer: Opening['trainer']) => {
      const { model } = open({ trainer });
      const before = valuesOf(model, '1.widen.weight');
      for (let step = 0; step < horizon; step += 1) takeStep(model, step);
      return Math.hypot(...valuesOf(model, '1.widen.weight').map((value, index) => value - before[index]!));
    };
    assert.ok(awayAfter({ method: 'l2sp', l2sp: { strength: 10 } }) < 0.8 * awayAfter({}));
  });

  test('sam: the loss that it shows is the one at the weights, its gradient that beside them', () => {
    const [near, plain] = [open({ trainer: { method: 'sam', sam: { rho: 1e-9 } } }).model, open({ trainer: {} }).model];
    assert.equal(takeStep(near, 0), takeStep(plain, 0));
    assertClose(valuesOf(near, '1.widen.weight'), valuesOf(plain, '1.widen.weight'), 1e-5, 'weight');
  });
});

suite('interrupted equals uninterrupted, bit for bit', () => {
  const work = mkdtempSync(join(tmpdir(), 'permafrost-methods-'));
  after(() => rmSync(work, { recursive: true }));
  const data = join(work, 'data');
  writeTinyDataset(data);
  const layers: readonly LayerSetting[] = ['embeddings', '0', '1', 'head'].map((name) => ({ name, mode: 'full', learningRate: 1e-3 }));
  let opened = 0;
  const openTrial = (method: Opening['trainer'], checkpoint?: string): Promise<Run> => {
    opened += 1;
    const trainer = { model: modelFolder, data, batchSize: 4, maxLength: 20, ...method };
    const trial = {
      schema: 1,
      sweep: 'test',
      trial: 0,
      purpose: 'search',
      seed: 7,
      rungs: [6, 12],
      horizon: 12,
      lingerSeconds: 0,
      objectives: [],
      assignment: {},
    } as const;
    const folders = { modelFolder, data, workFolder: join(work, `run-${opened}`), prefixFolder: join(work, 'prefix') };
    const given = {
      type: 'assignment',
      trial: { ...trial, layers, trainer },
      settings: parseSettings(trainer),
      ...folders,
    } as const;
    return openRun({ ...given, ...(checkpoint !== undefined && { checkpoint }) });
  };
  const quietly: RunHooks = { onPoint: () => {}, wanted: () => 'nothing', onSaved: () => {} };
  const filesIn = (checkpoint: string) =>
    ['model', 'optim', 'method']
      .map((name) => join(checkpoint, `${name}.safetensors`))
      .map((file) => existsSync(file) && readFileSync(file));

  for (const [name, { trainer }] of Object.entries(runs)) {
    if (name === 'full' || name === 'asam') continue; // run.test.ts has the one, and the other is sam
    test(name, async () => {
      const straight = await openTrial(trainer);
      const want = await straight.advance(0, quietly);
      for (const stop of [1, 3]) {
        const first = await openTrial(trainer);
        await first.advance(0, { ...quietly, wanted: () => (first.progress.step >= stop ? 'stop' : 'nothing') });
        const second = await openTrial(trainer, first.save());
        const got = await second.advance(0, quietly);
        assert.deepEqual(got?.metrics, want?.metrics);
        assert.deepEqual(filesIn(got!.checkpoint!), filesIn(want!.checkpoint!));
      }
    });
  }
});
