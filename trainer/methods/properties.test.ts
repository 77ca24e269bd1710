/** What defines each method. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { seededStream } from '../../study/random.ts';
import type { LayerSetting } from '../../study/trial.ts';
import { families } from '../encoder/families.ts';
import type { Site } from '../encoder/forward.ts';
import type { Parameter } from '../encoder/parameters.ts';
import type { Graph, Weights } from '../engine/graph.ts';
import { rawEngine } from '../engine/raw.ts';
import { download, release, toHost, upload } from '../kernels/handle.ts';
import { createModel, type Model } from '../model.ts';
import { writeModelFolder } from '../model-folder.ts';
import { openSafetensors } from '../safetensors.ts';
import {
  assertClose,
  begin,
  example,
  horizon,
  modelFolder,
  type Opened,
  type Opening,
  open,
  own,
  runs,
  takeStep,
  task,
  valuesOf,
  weightsOf,
  withoutDropout,
} from '../testing/tiny-methods.ts';
import { settled } from './auto-freeze.ts';
import { slantedTriangle } from './gradual-unfreezing.ts';
import { guidedDropout } from './guided-dropout.ts';
import { createHeld } from './held.ts';
import { columnMask, isLinear, linearMatrices, mixedWith } from './matrices.ts';
import type { Lens, RunFacts } from './method.ts';
import { methodNoise } from './noise.ts';
import { sam } from './sam.ts';
import { drawn, opinion } from './upet.ts';

type Pass = <T>(graph: Graph<T>, weights: Weights<T>) => T;

const never = () => {
  throw new Error('is not asked for');
};

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
    const opening: Opening = { trainer: { method: 'lora', lora: { rank: { others: 0, 1: 3 }, targets: 'all' } } };
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

  test('dsee: besides a product of low rank, so many numbers of each matrix change, and stay the same ones', async () => {
    const opened = await begin({ trainer: { method: 'dsee', dsee: { rank: 1, entries: 7 } } });
    const before = valuesOf(opened.model, '1.query.weight');
    const away = () => valuesOf(opened.model, '1.query.weight').map((value, index) => value - before[index]!);
    assert.equal(Math.max(...away()), 0); // begins as it was
    for (let step = 0; step < 3; step += 1) takeStep(opened.model, step);
    const width = Math.sqrt(before.length);
    const [a, b] = ['A', 'B'].map((letter) => valuesOf(opened.model, `1.query.weight.0.lora${letter}`));
    const rest = away().map((value, place) => value - a![Math.floor(place / width)]! * b![place % width]!);
    assert.equal(rest.filter((value) => Math.abs(value) > 1e-5).length, 7);
  });

  test('dsee: with sparsity that share of each matrix below the head is zero, the smallest numbers, and stays so', async () => {
    const { model } = await begin({ trainer: { method: 'dsee', dsee: { sparsity: 0.25 } } });
    const whole = valuesOf(open({ trainer: {} }).model, '1.widen.weight');
    const limit = whole.map(Math.abs).toSorted()[whole.length / 4]!;
    const thinned = whole.map((value) => (Math.abs(value) < limit ? 0 * value : value));
    assert.deepEqual(valuesOf(model, '1.widen.weight'), thinned);
    for (let step = 0; step < 3; step += 1) takeStep(model, step);
    assert.deepEqual(valuesOf(model, '1.widen.weight'), thinned);
    assert.deepEqual(valuesOf(model, 'pooler.weight').filter((value) => value === 0).length, 0);
  });

  test('extrapolation: the first step is that of full fine-tuning, later ones are seen from ahead, and hardly ahead is full fine-tuning', () => {
    const losses = (trainer: Opening['trainer']) => {
      const { model } = open({ trainer });
      return [0, 1].map((step) => takeStep(model, step));
    };
    const [ahead, plain] = [losses({ method: 'extrapolation', extrapolation: { ratio: 10 } }), losses({})];
    assert.equal(ahead[0], plain[0]);
    assert.notEqual(ahead[1], plain[1]); // seen from ahead
    const [near] = [losses({ method: 'extrapolation', extrapolation: { ratio: 1e-6 } })];
    assert.ok(Math.abs(near[1]! - plain[1]!) < 1e-5);
  });

  test('prototypes: before any step, outputs rank labels by the distance to the means of their texts', async () => {
    const { model } = await begin({ trainer: { method: 'prototypes', prototypes: { shrinkage: 1, temperature: 1 } } });
    const { input } = example(0);
    const [seen, outputs] = [download(model.features(input)), download(model.logits(input))];
    const width = seen.length / 4;
    const row = (text: number) => Array.from(seen.subarray(text * width, (text + 1) * width));
    const members = [[0], [2, 3], [1]]; // texts of each label
    const means = members.map((texts) => row(0).map((_, place) => texts.reduce((sum, text) => sum + row(text)[place]!, 0) / texts.length));
    const apart = (text: number, label: number) => row(text).reduce((sum, value, place) => sum + (value - means[label]![place]!) ** 2, 0);
    const ratios = [0, 1, 2, 3].flatMap((text) =>
      [1, 2].map((label) => (outputs[text * 3]! - outputs[text * 3 + label]!) / (apart(text, label) - apart(text, 0))),
    );
    for (const ratio of ratios) assert.ok(ratio > 0 && Math.abs(ratio / ratios[0]! - 1) < 1e-3, `${ratios}`); // one scale for all
  });

  test("mixout: a mixed weight's expectation is the weight", () => {
    const [inputs, draws] = [32, 4000];
    const matrix = { name: 'w', layer: '0', shape: [inputs, 1, 1] } as const;
    const [learnt, pretrained] = [0.5, -0.25];
    const column = (value: number) => upload(new Float32Array(inputs).fill(value), [inputs, 1]);
    const engine = rawEngine({ trained: [], read: () => column(learnt) }, 'keep');
    let sum = 0;
    for (let draw = 0; draw < draws; draw += 1) {
      const mask = columnMask(matrix, methodNoise(3, draw, 0, 0.7));
      const pass: Pass = (graph, weights) => mixedWith(graph, weights('w'), column(pretrained), mask, matrix, 0.7, 'masked');
      sum += toHost(() => engine.run(pass, new Map())).reduce((total, value) => total + value, 0);
    }
    const deviation = ((learnt - pretrained) * Math.sqrt(0.7 / 0.3)) / Math.sqrt(inputs * draws);
    assert.ok(Math.abs(sum / (inputs * draws) - learnt) < 4 * deviation, `${sum / (inputs * draws)}`);
  });

  test('mixout: without a rate it is full fine-tuning', () => {
    const changed = (trainer: Opening['trainer']) => {
      const { model } = open({ trainer });
      for (let step = 0; step < 3; step += 1) takeStep(model, step);
      return valuesOf(model, '1.widen.weight');
    };
    assert.deepEqual(changed({ method: 'mixout', mixout: { rate: 0 } }), changed({}));
    assert.notDeepEqual(changed({ method: 'mixout', mixout: { rate: 0.5 } }), changed({}));
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

  for (const [form, strength] of [
    ['penalty', 10],
    ['decay', 100],
  ] as const) {
    test(`l2sp ${form}: nothing pulls at the pre-trained weights, and later weights stay nearer to them`, () => {
      const { model } = open({ trainer: { method: 'l2sp', l2sp: { form, strength, headStrength: 0 } } });
      const plain = open({ trainer: {} }).model;
      const before = valuesOf(model, '1.widen.weight');
      const away = (of: Model) => Math.hypot(...valuesOf(of, '1.widen.weight').map((value, index) => value - before[index]!));
      for (const each of [model, plain]) takeStep(each, 0);
      for (const [name, values] of weightsOf(plain)) assertClose(valuesOf(model, name), values, 1e-7, name);
      for (let step = 1; step < horizon; step += 1) for (const each of [model, plain]) takeStep(each, step);
      assert.ok(away(model) < 0.8 * away(plain), `${away(model)}, ${away(plain)} without a pull`);
    });
  }

  test('l2sp decay: biases and layer norms are not pulled, and the head is pulled to zero', () => {
    const opening = (headStrength: number): Opening => ({ trainer: { method: 'l2sp', l2sp: { form: 'decay', headStrength } } });
    const [pulled, free] = [open(opening(10)).model, open(opening(0)).model];
    const first = valuesOf(free, 'classifier.weight');
    for (const each of [pulled, free]) takeStep(each, 0);
    const [one, other] = [weightsOf(pulled), weightsOf(free)];
    const changed = [...one]
      .filter(([name, values]) => values.some((value, index) => value !== other.get(name)![index]))
      .map(([name]) => name);
    assert.deepEqual(changed, ['pooler.weight', 'classifier.weight']);
    const want = other.get('classifier.weight')!.map((value, index) => value - 3e-3 * 10 * first[index]!); // the head's rate
    assertClose(one.get('classifier.weight')!, want, 1e-6, 'classifier');
  });

  test('sam: the loss that it shows is the one at the weights, its gradient that beside them', () => {
    const [near, plain] = [open({ trainer: { method: 'sam', sam: { rho: 1e-9 } } }).model, open({ trainer: {} }).model];
    assert.equal(takeStep(near, 0), takeStep(plain, 0));
    assertClose(valuesOf(near, '1.widen.weight'), valuesOf(plain, '1.widen.weight'), 1e-5, 'weight');
  });

  test('asam: the distance is measured in units of the weights, so what is 0 stays', () => {
    const weight = Float32Array.of(2, 0, -0.5, 1e-3);
    const gradient = Float32Array.of(0.1, 5, -3, 2);
    const parameter = own.find(({ name }) => name === 'classifier.bias')!;
    const rho = 0.3;
    const read = () => upload(weight, [4]);
    const method = sam({ rho, adaptive: true, every: 1 });
    const opening = { trained: [parameter], weight: read, initial: read, assign: never, held: createHeld() };
    let beside = new Float32Array();
    const evaluate = (lens?: Lens) => {
      if (lens !== undefined) {
        const engine = rawEngine({ trained: [], read }, 'keep');
        beside = toHost(() => engine.run((graph, weights) => lens(graph, weights, parameter.name), new Map())) as typeof beside;
      }
      return { loss: upload(Float32Array.of(0), []), gradients: [{ of: upload(gradient, [4]) }] };
    };
    method.open!(opening).differentiate!({ step: 0, share: 1, trained: [parameter], evaluate });
    const inUnits = Array.from(beside, (value, index) => (weight[index] === 0 ? 0 : (value - weight[index]!) / Math.abs(weight[index]!)));
    assert.equal(beside[1], 0);
    assert.ok(Math.abs(Math.hypot(...inUnits) - rho) < 1e-3, `${Math.hypot(...inUnits)}`);
    assert.ok(inUnits[0]! > 0 && inUnits[2]! < 0); // uphill
  });

  test('childTuning D: the same numbers of the layers learn in all steps, the stated share of them; embeddings and head learn as a whole', async () => {
    const opening: Opening = { trainer: { method: 'childTuning', childTuning: { variant: 'D', share: 0.2 } }, how: { weightDecay: 0 } };
    const [early, late] = [changedBy(await begin(opening), 1), changedBy(await begin(opening), 5)];
    const inLayers = own.filter(({ layer }) => layer === '0' || layer === '1').map(({ name }) => name);
    for (const name of inLayers) assert.deepEqual(late.get(name), early.get(name), name);
    assert.ok(Math.abs(share(inLayers.flatMap((name) => late.get(name)!)) - 0.2) < 0.01);
    assert.equal(share(late.get('pooler.weight')!), 1);
    assert.equal(share(late.get('embeddings.norm.weight')!), 1);
  });

  test('surgical: one layer learns with the embeddings and the head, the other stays as it is, bit for bit', async () => {
    const opened = await begin({ trainer: { method: 'surgical', surgical: { layers: 1 } } });
    const scores = download(opened.model.held.get('scores')!);
    const [chosen, resting] = scores[0]! > scores[1]! ? ['0', '1'] : ['1', '0'];
    const changed = changedBy(opened, 3);
    const moved = new Set(own.filter(({ name }) => changed.get(name)!.some(Boolean)).map(({ layer }) => layer));
    assert.deepEqual(moved, new Set(['embeddings', chosen, 'head']));
    assert.ok(!moved.has(resting));
  });

  suite('guidedDropout', () => {
    /** Rates that a step asks for, below the head. */
    const ratesOf = async (guidedDropout: object) => {
      const { model } = await begin({ trainer: { method: 'guidedDropout', guidedDropout }, dropout: 'on' });
      const asked: number[] = [];
      const noise = (rate: number) => {
        asked.push(rate);
        return { rate: 0, seed: [0, 0] } as const;
      };
      const { loss, halfSquaredNorms } = model.step([{ ...example(0), noise }], 1, 1);
      for (const told of [loss, halfSquaredNorms]) release(told);
      return { rates: asked.slice(0, 7), traces: download(model.held.get('traces')!) };
    };
    const falling = (values: ArrayLike<number>) => Array.from(values, (_, site) => site).toSorted((a, b) => values[b]! - values[a]!);

    test('rates fall evenly to 0 as the Fisher information rises, and the other way round when reversed', async () => {
      const { rates, traces } = await ratesOf({ highest: 0.3 });
      assert.deepEqual(falling(rates), falling(traces).toReversed());
      for (const [place, rate] of rates.toSorted((a, b) => a - b).entries()) assert.ok(Math.abs(rate - place * 0.05) < 1e-9, `${rate}`);
      const { rates: reversed } = await ratesOf({ highest: 0.3, reversed: true });
      assert.deepEqual(falling(reversed), falling(rates).toReversed());
    });

    test('the published order has the published rates, and is for BERT-base alone', () => {
      const settings = { order: 'published', highest: 0.099, reversed: false, texts: 1 } as const;
      const facts = {
        config: { ...withoutDropout, family: families.find(({ modelType }) => modelType === 'bert')!, layers: 12, hidden: 768 },
      };
      const { dropout } = guidedDropout(settings, facts as RunFacts).open!({
        trained: [],
        weight: never,
        initial: never,
        assign: never,
        held: createHeld(),
      });
      const want = { '7.attention': 0.099, '10.attention': 0.09625, '11.attended': 0.066, '3.narrow': 0.00275, embeddings: 0 };
      for (const [site, rate] of Object.entries(want)) assert.ok(Math.abs(dropout!(site as Site, 0.1) - rate) < 1e-9, site);
      assert.throws(
        () => open({ trainer: { method: 'guidedDropout', guidedDropout: { order: 'published' } } }),
        /trainer\.guidedDropout\.order: must be fisher for all models but BERT-base .*, got "roberta with 2 layers, 12 wide"/,
      );
    });
  });

  suite('averaging and wiseft', () => {
    const after = (trainer: Opening['trainer'], steps = 3) => {
      const { model } = open({ trainer });
      const trained = Array.from({ length: steps }, (_, step) => {
        takeStep(model, step);
        return download(model.optimizer.weight('1.widen.weight'));
      });
      return { trained, evaluated: valuesOf(model, '1.widen.weight'), head: valuesOf(model, 'pooler.weight') };
    };
    const plain = after({});

    test('training is full fine-tuning, bit for bit', () => {
      assert.deepEqual(after({ method: 'averaging', averaging: { from: 0 } }).trained, plain.trained);
      assert.deepEqual(after({ method: 'wiseft' }).trained, plain.trained);
    });

    test('swa is the mean of the weights after each step since it began; ema without decay is the last one', () => {
      const mean = plain.trained[1]!.map((value, index) => (value + plain.trained[2]![index]!) / 2);
      assertClose(after({ method: 'averaging', averaging: { kind: 'swa', from: 0.2 } }).evaluated, mean, 1e-7, 'mean');
      assertClose(after({ method: 'averaging', averaging: { decay: 0, from: 0 } }).evaluated, plain.evaluated, 1e-7, 'last');
      assert.deepEqual(after({ method: 'averaging', averaging: { from: 0.9 } }).evaluated, plain.evaluated); // has not begun
    });

    test('wiseft: alpha 1 is the fine-tuned model, 0 the pre-trained one below the head, and what is scored is what is written', () => {
      assert.deepEqual(after({ method: 'wiseft', wiseft: { alpha: 1 } }).evaluated, plain.evaluated);
      const none = after({ method: 'wiseft', wiseft: { alpha: 0 } });
      assert.deepEqual(none.evaluated, valuesOf(open({ trainer: {} }).model, '1.widen.weight'));
      assert.deepEqual(none.head, plain.head);

      const { model } = open({ trainer: { method: 'wiseft', wiseft: { alpha: 0.3 } } });
      for (let step = 0; step < 3; step += 1) takeStep(model, step);
      const start = (parameter: Parameter) => ({ weight: upload(valuesOf(model, parameter.name), parameter.shape) });
      const fixed = { task, pooling: 'pooler', engine: 'raw', activations: 'keep', weightDecay: 0, clipNorm: 1 } as const;
      const written = createModel(withoutDropout, own, start, () => 1, fixed);
      assertClose(download(written.logits(example(0).input)), download(model.logits(example(0).input)), 1e-7, 'logits');
    });
  });

  suite('levi', () => {
    test('the encoder stays as it is, and one row for a text is all that is wanted of it: what its layers give, side by side', () => {
      const seen = (levi: object) => {
        const { model } = open({ trainer: { method: 'levi', levi } });
        const learning = model.optimizer.parameters.map(({ name }) => name);
        assert.ok(learning.every((name) => name.startsWith('levi.')));
        assert.equal(model.frozenPrefix, 3); // embeddings and both layers
        const heads = learning.filter((name) => /head.*weight/.test(name));
        return { heads, prefix: model.runPrefix(example(0).input.batch).shape };
      };
      const { hidden } = withoutDropout;
      assert.deepEqual(seen({}), { heads: ['levi.head.1.weight', 'levi.head.2.weight'], prefix: [4, 2 * hidden] });
      assert.deepEqual(seen({ taps: 'everyThird' }), { heads: ['levi.head.2.weight'], prefix: [4, hidden] });
    });

    test('each head is held to the truth, not their mean alone: the loss is above that of the mean', () => {
      const excess = (taps: string) => {
        const { model } = open(runs[taps === 'all' ? 'levi' : 'levi-third']!); // they are there
        const outputs = download(model.logits({ ...example(0).input, prefix: model.runPrefix(example(0).input.batch) }));
        const truths = Array.from({ length: 4 }, (_, text) =>
          example(0)
            .targets.subarray(text * 3, text * 3 + 3)
            .indexOf(1),
        );
        const ofMean = task.losses(outputs, truths).reduce((total, loss) => total + loss / 4, 0);
        return takeStep(model, 0) - ofMean;
      };
      assert.ok(excess('all') > 0.01, `${excess('all')}`); // cross-entropy is convex
      assert.ok(Math.abs(excess('everyThird')) < 1e-5, `${excess('everyThird')}`); // there is one
    });

    test('what is written has the small model beside the encoder', () => {
      const folder = mkdtempSync(join(tmpdir(), 'permafrost-levi-'));
      const { model } = open({ trainer: { method: 'levi' } });
      writeModelFolder(folder, model, own, modelFolder, ['a', 'b', 'c']);
      const file = openSafetensors(join(folder, 'model.safetensors'));
      const names = file.names.filter((name) => name.startsWith('levi.'));
      file.close();
      assert.ok(names.includes('levi.roberta.encoder.layer.1.attention.self.key.weight') && names.includes('levi.adapt.2.bias'));
      assert.equal(
        JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')).permafrost.inserted.length,
        model.optimizer.parameters.length,
      );
      rmSync(folder, { recursive: true });
    });
  });

  suite('upet', () => {
    test('a text that passes agree on counts by its probability; one that they are split over counts for nothing', () => {
      const sure = opinion([
        [0.2, 0.8],
        [0.2, 0.8],
      ]);
      assert.equal(sure.label, 1);
      assert.ok(Math.abs(sure.weight - 0.8) < 1e-12, `${sure.weight}`);
      assert.ok(
        opinion([
          [1, 0],
          [0, 1],
        ]).weight < 1e-12,
      );
      const torn = opinion([
        [0.6, 0.4],
        [0.9, 0.1],
      ]); // H(.75, .25) = .562335, mean of H(.6, .4) = .673012 and H(.9, .1) = .325083: a disagreement of .063288 / log 2
      assert.ok(torn.label === 0 && Math.abs(torn.weight - 0.75 * (1 - 0.063288 / Math.LN2)) < 1e-5, `${torn.weight}`);
    });

    test('texts are drawn in proportion to their weights, each at most once', () => {
      const opinions = [1, 2, 5, 0].map((weight, text) => ({ text, label: 0, weight }));
      const times = [0, 0, 0, 0];
      for (let draw = 0; draw < 4000; draw += 1) {
        const [one] = drawn(opinions, 1, seededStream(3, draw));
        times[one!.text]! += 1;
      }
      for (const [text, share] of [1 / 8, 2 / 8, 5 / 8, 0].entries()) assert.ok(Math.abs(times[text]! / 4000 - share) < 0.03, `${times}`);
      assert.deepEqual(new Set(drawn(opinions, 3, seededStream(3, 0)).map(({ text }) => text)), new Set([0, 1, 2]));
    });

    test('all learns while the teacher does, then biases and head alone', () => {
      const { model } = open({ trainer: { method: 'upet', upet: { teacherShare: 0.5 } } });
      const moved = Array.from({ length: 4 }, (_, step) => {
        const before = weightsOf(model);
        takeStep(model, step);
        const isMoved = ({ name }: Parameter) =>
          !Buffer.from(download(model.optimizer.weight(name)).buffer).equals(Buffer.from(before.get(name)!.buffer));
        return new Set(own.filter((each) => each.layer !== 'head' && isMoved(each)).map(({ kind }) => kind));
      });
      const all = new Set(['weight', 'bias', 'scale']);
      assert.deepEqual(moved, [all, all, all, new Set(['bias'])]);
    });
  });

  suite('weightMixup', () => {
    const opening: Opening = { trainer: { method: 'weightMixup', weightMixup: { deviation: 0.2, fixedShare: 0.5 } } };
    /** Shares that learnt numbers have in a matrix, and the vectors they are the product of. */
    const attention = ({ held }: Model, first: number, width: number) => {
      const vectors = download(held.get('alpha')!);
      return { inputs: vectors.subarray(first, first + width), outputs: vectors.subarray(first + width, first + 2 * width) };
    };

    test("begins as the pre-trained model, which it would not with (1 - a1)(1 - a2)ᵀ for the pre-trained weights, as in the authors' code", async () => {
      const { model } = await begin(opening);
      const plain = open({ trainer: {} }).model;
      const outputsOf = (of: Model) => download(of.logits(example(0).input));
      assertClose(outputsOf(model), outputsOf(plain), 1e-6, 'logits');
      const { inputs, outputs } = attention(model, 0, withoutDropout.hidden); // of the lowest query matrix
      const sums = Array.from(inputs, (a, place) => a * outputs[place]! + (1 - a) * (1 - outputs[place]!));
      assert.ok(Math.max(...sums.map((sum) => Math.abs(sum - 1))) > 0.1);
    });

    test('what is scored is the mixture of learnt and pre-trained numbers', async () => {
      const { model } = await begin(opening);
      const before = valuesOf(model, '0.query.weight');
      for (let step = 0; step < 3; step += 1) takeStep(model, step);
      const learnt = download(model.optimizer.weight('0.query.weight'));
      const { inputs, outputs } = attention(model, 0, withoutDropout.hidden);
      const want = learnt.map((value, place) => {
        const alpha = inputs[Math.floor(place / withoutDropout.hidden)]! * outputs[place % withoutDropout.hidden]!;
        return alpha * value + (1 - alpha) * before[place]!;
      });
      assertClose(valuesOf(model, '0.query.weight'), want, 1e-6, 'weight');
    });

    test('shares learn while texts are set aside, and then stay, bit for bit', async () => {
      const { model } = await begin(opening);
      const shares = Array.from({ length: horizon }, (_, step) => {
        takeStep(model, step);
        return download(model.held.get('alpha')!);
      });
      assert.notDeepEqual(shares[1], shares[0]);
      assert.notDeepEqual(shares[2], shares[1]);
      for (const later of shares.slice(3)) assert.deepEqual(later, shares[2]);
    });

    test('to second order shares learn something else than to first', async () => {
      const after = async (order: string) => {
        const { model } = await begin({ trainer: { method: 'weightMixup', weightMixup: { order } } });
        takeStep(model, 0);
        return download(model.held.get('alpha')!);
      };
      const [first, second, begun] = [
        await after('first'),
        await after('second'),
        (await begin({ trainer: { method: 'weightMixup' } })).model,
      ];
      assert.deepEqual(first, download(begun.held.get('alpha')!)); // learnt and pre-trained numbers are still the same
      assert.notDeepEqual(second, first);
    });
  });

  /** Loss of the first step, without dropout. */
  const firstLoss = (trainer: Opening['trainer']) => takeStep(open({ trainer }).model, 0);

  test('r3f: with hardly any noise it is full fine-tuning', () => {
    assert.ok(Math.abs(firstLoss({ method: 'r3f', r3f: { strength: 5 } }) - firstLoss({})) < 1e-6);
  });

  test('smart: its noise changes predictions more than random noise as wide', () => {
    const found = firstLoss({ method: 'smart', smart: { radius: 0.02, ascent: 1 } });
    const random = firstLoss({ method: 'r3f', r3f: { epsilon: 0.02 } });
    assert.ok(found - firstLoss({}) > 4 * (random - firstLoss({})) && random > firstLoss({}));
  });

  test('smart: the pull to earlier predictions begins with the second step', async () => {
    const losses = async (proximal: number) => {
      const { model } = await begin({ trainer: { method: 'smart', smart: { strength: 0, proximal } } });
      return [0, 1].map((step) => takeStep(model, step));
    };
    const [free, pulled] = [await losses(0), await losses(100)];
    assert.ok(Math.abs(pulled[0]! - free[0]!) < 1e-6); // there is nothing to be away from
    assert.ok(pulled[1]! > free[1]! + 1e-3, `${pulled[1]}, not above ${free[1]}`);
  });

  test('lnsr: twice the noise is four times the penalty', () => {
    const penalty = (deviation: number) => firstLoss({ method: 'lnsr', lnsr: { strength: 1000, deviation } }) - firstLoss({});
    assert.ok(Math.abs(penalty(0.02) / penalty(0.01) - 4) < 0.05, `${penalty(0.02) / penalty(0.01)}`);
  });

  test('lnsr: layers below its depth run once, those above it twice', () => {
    const noises = (trainer: Opening['trainer']) => {
      let asked = 0;
      const noise = () => {
        asked += 1;
        return { rate: 0, seed: [0, 0] } as const;
      };
      const { loss, halfSquaredNorms } = open({ trainer }).model.step([{ ...example(0), noise }], 1, 1);
      for (const told of [loss, halfSquaredNorms]) release(told);
      return asked;
    };
    const more = (depth: number) => noises({ method: 'lnsr', lnsr: { depth } }) - noises({});
    assert.deepEqual([0, 0.49, 0.5, 0.99].map(more), [6, 6, 3, 3]); // three sites in each of two layers
  });

  test('adapters: near nothing at the beginning; they learn with the head, and with layer norms in houlsby', () => {
    const houlsby = open({ trainer: { method: 'adapters', adapters: { size: 4 } } });
    const plain = open({ trainer: {} }).model;
    assertClose(download(houlsby.model.logits(example(0).input)), download(plain.logits(example(0).input)), 0.02, 'logits');
    const learning = ({ model }: Opened) => model.optimizer.parameters.filter(({ layer }) => layer !== 'head').map(({ name }) => name);
    assert.ok(learning(houlsby).every((name) => /^[01]\.(attended|narrow)\.(norm|down|up)\./.test(name)));
    assert.equal(learning(houlsby).length, 2 * (2 * 4 + 2 * 2));

    const pfeiffer = open({ trainer: { method: 'adapters', adapters: { variant: 'pfeiffer', from: 1 } } });
    assert.ok(learning(pfeiffer).every((name) => /^1\.narrow\.(down|up)\./.test(name)));
    assert.equal(pfeiffer.model.frozenPrefix, 2); // embeddings and layer 0, whose output can be kept
  });

  test('adapters: the written model has them, and its config.json says so', () => {
    const folder = mkdtempSync(join(tmpdir(), 'permafrost-adapters-'));
    const { model } = open({ trainer: { method: 'adapters', adapters: { variant: 'pfeiffer', from: 1 } } });
    writeModelFolder(folder, model, own, modelFolder, ['a', 'b', 'c']);
    const file = openSafetensors(join(folder, 'model.safetensors'));
    const written = file.names.filter((name) => name.includes('adapter'));
    file.close();
    const behind = 'roberta.encoder.layer.1.output.dense.adapter';
    assert.deepEqual(new Set(written), new Set(['down', 'up'].flatMap((map) => [`${behind}.${map}.weight`, `${behind}.${map}.bias`])));
    const { architectures, permafrost } = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    assert.deepEqual([architectures, permafrost.inserted.length], [['RobertaModel'], 4]);
    rmSync(folder, { recursive: true });
  });

  test('autoRates: one layer keeps its whole rate and the others have less; by snr what has a rate of 0 stays as it is, bit for bit', () => {
    const { model } = open({ trainer: { method: 'autoRates', autoRates: { batches: 2, period: 0.5 } } });
    for (let step = 0; step < 2; step += 1) takeStep(model, step);
    const shares = download(model.held.get('shares')!);
    assert.equal(Math.max(...shares), 1);
    assert.equal(shares.filter((value) => value > 0 && value < 1).length, 2);

    const snr = open({ trainer: { method: 'autoRates', autoRates: { by: 'snr', batches: 2, period: 0.5, threshold: 1 } } });
    for (let step = 0; step < 2; step += 1) takeStep(snr.model, step);
    const isResting = new Map(
      ['embeddings', '0', '1'].map((layer, index) => [layer, download(snr.model.held.get('shares')!)[index] === 0]),
    );
    const changed = changedBy(snr, 1);
    for (const { name, layer } of own) if (isResting.get(layer)) assert.equal(share(changed.get(name)!), 0, name);
    assert.equal([...isResting.values()].filter(Boolean).length, 2);
  });

  test('autoFreeze: layers below the lowest one that changes more than the percentile are settled', () => {
    assert.equal(settled([0.1, 0.5, 0.2, 0.9], 50), 1); // median 0.35
    assert.equal(settled([0.9, 0.1, 0.2], 50), 0);
    assert.equal(settled([0.1, 0.2, 0.9], 100), 2);
  });

  test("autoFreeze: a layer's norm is the sum of the absolute values of its summed gradients", () => {
    const { model } = open({ trainer: { method: 'autoFreeze', autoFreeze: { interval: 1 / 6 } } });
    const { loss, gradients } = model.gradients([example(0)]);
    const sizes = gradients.map(({ of }) => download(of).reduce((sum, value) => sum + Math.abs(value), 0));
    for (const told of [loss, ...gradients.map(({ of }) => of)]) release(told);
    takeStep(model, 0); // an interval
    const norms = download(model.held.get('norms')!);
    for (const [index, layer] of ['embeddings', '0', '1'].entries()) {
      const want = own.reduce((sum, each, place) => (each.layer === layer ? sum + sizes[place]! : sum), 0);
      assert.ok(Math.abs(norms[index]! / want - 1) < 1e-4, `${layer}: ${norms[index]}, not ${want}`);
    }
  });

  test('autoFreeze: the boundary only rises, and what is below it stays as it is, bit for bit', () => {
    const { model } = open({ trainer: { method: 'autoFreeze', autoFreeze: { interval: 1 / 6, percentile: 100 } } });
    let frozen = 0;
    for (let step = 0; step < horizon; step += 1) {
      const before = weightsOf(model);
      takeStep(model, step);
      for (const layer of ['embeddings', '0', '1'].slice(0, frozen))
        for (const { name } of own.filter((each) => each.layer === layer))
          assert.deepEqual(download(model.optimizer.weight(name)), before.get(name));
      const now = model.held.get('frozen') === undefined ? 0 : download(model.held.get('frozen')!)[0]!;
      assert.ok(now >= frozen);
      frozen = now;
    }
    assert.ok(frozen > 0);
  });
});

test('a frozen prefix is never trained with dropout, so that what is kept of it is what every step would compute', () => {
  const frozen = ['embeddings', '0'].map((name): LayerSetting => ({ name, mode: 'frozen' }));
  const layers = [...frozen, ...['1', 'head'].map((name): LayerSetting => ({ name, mode: 'full', learningRate: 1e-3 }))];
  const [model, without] = (['on', 'off'] as const).map((dropout) => open({ trainer: {}, layers, dropout }).model) as [Model, Model];
  const { batch } = example(0).input;
  const prefix = model.runPrefix(batch);
  assert.deepEqual(download(prefix), download(without.runPrefix(batch)));
  const asked: number[] = [];
  const noise = (rate: number) => {
    asked.push(rate);
    return { rate: 0, seed: [0, 0] } as const;
  };
  const { loss, halfSquaredNorms } = model.step([{ ...example(0), input: { batch, prefix }, noise }], 1, 1);
  for (const told of [loss, halfSquaredNorms]) release(told);
  assert.equal(asked.length, 3 + 2); // of one layer, and of the head
});

/** A layer configuration by what learns in it. */
const configurations: Readonly<Record<string, readonly string[]>> = {
  'the head alone': ['head'],
  'a frozen prefix': ['1', 'head'],
  'a layer in the middle': ['0', 'head'],
  'embeddings and head': ['embeddings', 'head'],
};

for (const [name, learning] of Object.entries(configurations)) {
  test(`every method goes with: ${name}`, async () => {
    const layers = ['embeddings', '0', '1', 'head'].map(
      (layer): LayerSetting =>
        learning.includes(layer) ? { name: layer, mode: 'full', learningRate: 1e-3 } : { name: layer, mode: 'frozen' },
    );
    for (const [run, opening] of Object.entries(runs)) {
      const opened = await begin({ ...opening, layers });
      const untouched = own
        .filter(({ layer }) => !learning.includes(layer))
        .map((each) => [each, valuesOf(opened.model, each.name)] as const);
      for (let step = 0; step < 3; step += 1) assert.ok(Number.isFinite(takeStep(opened.model, step)), run);
      for (const [{ name: weight }, before] of untouched) assert.deepEqual(valuesOf(opened.model, weight), before, `${run}: ${weight}`);
      opened.model.dispose();
    }
  });
}
