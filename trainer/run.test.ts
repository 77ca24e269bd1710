/** Whole runs of a tiny encoder in this process. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import type { LayerSetting, TrialFile } from '../study/trial.ts';
import { readEncoderConfig } from './encoder/config.ts';
import { families } from './encoder/families.ts';
import { modelParameters } from './encoder/parameters.ts';
import { download, tensorsOnDevice } from './kernels/handle.ts';
import type { Assignment, Reached } from './messages.ts';
import { openRun, type Run, type RunHooks } from './run.ts';
import { openSafetensors } from './safetensors.ts';
import { parseSettings } from './settings.ts';
import { writeTinyDataset, writeTinyUnlabelled } from './testing/tiny-dataset.ts';

const folder = mkdtempSync(join(tmpdir(), 'permafrost-run-'));
after(() => rmSync(folder, { recursive: true }));
const modelFolder = join(import.meta.dirname, 'fixtures/tiny-bert');
const data = join(folder, 'data');
writeTinyDataset(data);

const prefixFrozen: readonly LayerSetting[] = [
  { name: 'embeddings', mode: 'frozen' },
  { name: '0', mode: 'frozen' },
  { name: '1', mode: 'full', learningRate: 1e-3 },
  { name: 'head', mode: 'full', learningRate: 2e-3 },
];
const allTrained = prefixFrozen.map(({ name }): LayerSetting => ({ name, mode: 'full', learningRate: 1e-3 }));

const [embeddings, bottom, top, head] = ['embeddings', '0', '1', 'head'] as const;
const window: readonly LayerSetting[] = [
  { name: embeddings, mode: 'frozen' },
  { name: bottom, mode: 'full', learningRate: 1e-3 },
  { name: top, mode: 'frozen' },
  { name: head, mode: 'full', learningRate: 2e-3 },
];
const patchwork: readonly LayerSetting[] = [
  { name: embeddings, mode: 'bias', learningRate: 1e-2 },
  { name: bottom, mode: 'bias', learningRate: 1e-2 },
  {
    name: top,
    mode: 'mixed',
    parts: [
      { name: 'attention', mode: 'frozen' },
      { name: 'feedForward', mode: 'full', learningRate: 1e-3 },
      { name: 'norm', mode: 'full', learningRate: 1e-2 },
    ],
  },
  { name: head, mode: 'full', learningRate: 2e-3, reinitialise: true },
];

let assignments = 0;
function anAssignment(changes: Partial<TrialFile>, checkpoint?: string): Assignment {
  assignments += 1;
  const trial: TrialFile = {
    schema: 1,
    sweep: 'test',
    trial: 0,
    purpose: 'search',
    seed: 7,
    rungs: [8, 20, 40],
    horizon: 40,
    lingerSeconds: 0,
    objectives: [{ metric: 'eval/accuracy', direction: 'maximize' }],
    assignment: {},
    layers: allTrained,
    trainer: { model: modelFolder, data, batchSize: 4, maxLength: 32 },
    ...changes,
  };
  const settings = parseSettings(trial.trainer);
  const workFolder = join(folder, `work-${assignments}`);
  const prefixFolder = join(folder, 'prefix');
  return {
    type: 'assignment',
    trial,
    settings,
    modelFolder,
    data,
    workFolder,
    prefixFolder,
    ...(checkpoint === undefined ? {} : { checkpoint }),
  };
}

const quietly: RunHooks = { onPoint: () => {}, wanted: () => 'nothing', onSaved: () => {} };

/** Asks for a stop once `steps` steps are done. */
function until(run: Run, steps: number): RunHooks {
  return { ...quietly, wanted: () => (run.progress.step >= steps ? 'stop' : 'nothing') };
}

async function reach(run: Run, rung: number): Promise<Reached> {
  const reached = await run.advance(rung, quietly);
  assert.ok(reached !== undefined);
  return reached;
}

const bytesOf = (checkpoint: string) => ['model.safetensors', 'optim.safetensors'].map((file) => readFileSync(join(checkpoint, file)));

for (const { name, layers } of [
  { name: 'all layers trained', layers: allTrained },
  { name: 'a frozen prefix', layers: prefixFrozen },
  { name: 'a window below a frozen layer', layers: window },
  { name: 'biases, parts of a layer, a new head', layers: patchwork },
]) {
  test(`interrupted inside and between rungs equals uninterrupted, bit for bit: ${name}`, async () => {
    const straight = await openRun(anAssignment({ layers }));
    const want = [await reach(straight, 0), await reach(straight, 1)];

    const first = await openRun(anAssignment({ layers }));
    assert.equal(await first.advance(0, until(first, 3)), undefined);
    const second = await openRun(anAssignment({ layers }, first.save()));
    const early = await reach(second, 0);
    const third = await openRun(anAssignment({ layers }, early.checkpoint!));
    assert.equal(await third.advance(1, until(third, 13)), undefined);
    const fourth = await openRun(anAssignment({ layers }, third.save()));
    const late = await reach(fourth, 1);

    for (const [got, wanted] of [
      [early, want[0]!],
      [late, want[1]!],
    ] as const) {
      assert.deepEqual(got.metrics, wanted.metrics);
      assert.deepEqual(got.curve, wanted.curve);
      assert.deepEqual(bytesOf(got.checkpoint!), bytesOf(wanted.checkpoint!));
    }
    assert.deepEqual([straight.attempt, second.attempt, third.attempt, late.attempt], [1, 2, 3, 4]);
  });
}

test('it reports how many numbers are trained', async () => {
  const trainedParameters = async (layers: readonly LayerSetting[]) =>
    (await reach(await openRun(anAssignment({ layers })), 0)).metrics['model/trainedParameters']!;
  const sizeOf = (layers: readonly string[]) =>
    modelParameters(readEncoderConfig(modelFolder), { outputs: 2, pooling: 'pooler' })
      .filter(({ layer }) => layers.includes(layer))
      .reduce((total, { shape }) => total + shape.reduce((size, axis) => size * axis, 1), 0);
  assert.equal(await trainedParameters(allTrained), sizeOf(['embeddings', '0', '1', 'head']));
  assert.equal(await trainedParameters(prefixFrozen), sizeOf(['1', 'head']));
});

const weightsOf = ({ model }: Run) =>
  new Map(
    modelParameters(model.config, { outputs: 2, pooling: 'pooler' }).map((parameter) => [
      parameter.name,
      { parameter, values: [...download(model.weight(parameter.name))] },
    ]),
  );

test('what is frozen stays as it was, bit for bit, and what learns does not', async () => {
  const run = await openRun(anAssignment({ layers: patchwork }));
  const before = weightsOf(run);
  await reach(run, 0);
  const changed = [...weightsOf(run)].filter(([name, { values }]) =>
    values.some((value, index) => value !== before.get(name)!.values[index]),
  );
  const learns = ({ layer, part, kind }: (typeof changed)[number][1]['parameter']) =>
    layer === head || (layer === top ? part !== 'attention' : kind === 'bias');
  assert.deepEqual(
    changed.map(([name]) => name),
    [...before.values()].filter(({ parameter }) => learns(parameter)).map(({ parameter }) => parameter.name),
  );
});

test('reinitialised layers and the pooler begin as in a model that was never trained, the others as they were trained', async () => {
  const pretrained = weightsOf(await openRun(anAssignment({})));
  const anew = (layer: LayerSetting): LayerSetting =>
    layer.name === top || layer.name === head ? { name: layer.name, mode: 'full', learningRate: 1e-3, reinitialise: true } : layer;
  const changes = { layers: allTrained.map(anew) };
  const fresh = weightsOf(await openRun(anAssignment(changes)));
  assert.deepEqual(weightsOf(await openRun(anAssignment(changes))), fresh, 'of one seed');
  assert.notDeepEqual(weightsOf(await openRun(anAssignment({ ...changes, seed: 8 }))).get('1.widen.weight'), fresh.get('1.widen.weight'));

  for (const [name, { parameter, values }] of fresh) {
    if (parameter.layer !== top && parameter.layer !== head) assert.deepEqual(values, pretrained.get(name)!.values, name);
    else if (parameter.kind === 'weight')
      assert.notDeepEqual(values[0], name === 'classifier.weight' ? undefined : pretrained.get(name)!.values[0], name);
    else assert.deepEqual(new Set(values), new Set([parameter.kind === 'bias' ? 0 : 1]), name);
  }
  const { values } = fresh.get('1.widen.weight')!;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  const { initializerRange } = readEncoderConfig(modelFolder);
  assert.ok(Math.abs(deviation / initializerRange - 1) < 0.1, `${deviation}`);
});

test('it tells how large the gradients were, and how far each layer has moved', async () => {
  const { curve, drift } = await reach(await openRun(anAssignment({ layers: window })), 0);
  assert.deepEqual(Object.keys(curve[0]!.gradientNorms), [bottom, head]);
  assert.ok(Object.values(curve[0]!.gradientNorms).every((norm) => norm! > 0));
  assert.deepEqual(Object.keys(drift), [bottom, head]);
  assert.ok(drift[bottom]! > 1e-4 && drift[bottom]! < 0.5, JSON.stringify(drift));
});

test("dropout is the model's own unless the trial sets it", async () => {
  const ratesOf = async (settings: object) => {
    const trainer = { model: modelFolder, data, batchSize: 4, maxLength: 32, ...settings };
    const { hiddenDropout, attendedDropout, attentionDropout, headDropout } = (await openRun(anAssignment({ trainer }))).model.config;
    return [hiddenDropout, attendedDropout, attentionDropout, headDropout];
  };
  assert.deepEqual(await ratesOf({}), [0.1, 0.1, 0.1, 0.1]);
  assert.deepEqual(await ratesOf({ dropout: 0.25 }), [0.25, 0.25, 0.25, 0.25]);
});

test('wiseft with a grid: of all shares the one with the least loss on the selection texts counts, for held-out texts and the model too', async () => {
  const reached = async (wiseft: object) => {
    const trainer = { model: modelFolder, data, batchSize: 4, maxLength: 32, method: 'wiseft', wiseft };
    const layers = allTrained.map((layer): LayerSetting => ({ ...layer, mode: 'full', learningRate: 1e-2 }));
    return reach(await openRun(anAssignment({ trainer, layers, purpose: 'final', rungs: [40] })), 0);
  };
  const { metrics, model } = await reached({ grid: 4 });
  const alone = [];
  for (const alpha of [0, 0.25, 0.5, 0.75, 1]) alone.push({ alpha, ...(await reached({ alpha })) });
  const best = alone.reduce((least, each) => (each.metrics['eval/loss']! < least.metrics['eval/loss']! ? each : least));
  assert.notEqual(best.alpha, 1, 'the last one that is tried would be kept by accident');
  assert.deepEqual(metrics, { ...best.metrics, 'wiseft/alpha': best.alpha });
  assert.deepEqual(readFileSync(join(model!, 'model.safetensors')), readFileSync(join(best.model!, 'model.safetensors')));
  assert.ok(new Set(alone.map((each) => each.metrics['eval/loss'])).size > 1);
});

test('it learns what can be learnt', async () => {
  const layers = allTrained.map((layer): LayerSetting => ({ ...layer, mode: 'full', learningRate: 5e-3 }));
  const { metrics, checkpoint } = await reach(await openRun(anAssignment({ layers, rungs: [150], horizon: 150 })), 0);
  assert.ok(metrics['eval/accuracy']! > 0.8, JSON.stringify(metrics));
  assert.equal(checkpoint, undefined, 'nothing can follow the horizon');
});

test('a step leaves no tensor behind', async () => {
  for (const layers of [allTrained, prefixFrozen, window, patchwork]) {
    const run = await openRun(anAssignment({ layers, rungs: [4, 24, 40] }));
    await reach(run, 0);
    const before = tensorsOnDevice();
    await reach(run, 1);
    assert.equal(tensorsOnDevice(), before);
  }
});

test('it reports the losses of the selection split by text where it is asked to', async () => {
  const { metrics, paired } = await reach(await openRun(anAssignment({ paired: true })), 0);
  assert.ok(paired !== undefined && new Set(paired).size > 1);
  assert.equal(paired.reduce((sum, loss) => sum + loss, 0) / paired.length, metrics['eval/loss']);
  assert.equal((await reach(await openRun(anAssignment({})), 0)).paired, undefined);
});

test('a loss that is no number ends the run as diverged, with the worst metrics', async () => {
  const layers = allTrained.map((layer): LayerSetting => ({ ...layer, mode: 'full', learningRate: 1e30 }));
  const reached = await reach(await openRun(anAssignment({ layers })), 0);
  assert.equal(reached.diverged, true);
  assert.deepEqual(new Set(Object.values(reached.metrics)), new Set([null]));
  assert.ok('eval/accuracy' in reached.metrics && 'train/loss' in reached.metrics);
  assert.equal(reached.checkpoint, undefined);
});

test('a final trial measures on held-out data and leaves a model that others can load', async () => {
  const run = await openRun(anAssignment({ purpose: 'final', rungs: [40] }));
  const { metrics, model } = await reach(run, 0);
  assert.deepEqual(
    Object.keys(metrics).filter((name) => name.startsWith('test/')),
    ['test/accuracy', 'test/macro_f1', 'test/mcc', 'test/loss', 'test/majority'],
  );
  assert.equal(metrics['test/majority'], 0.5);
  const config = JSON.parse(readFileSync(join(model!, 'config.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(config.architectures, ['BertForSequenceClassification']);
  assert.deepEqual(config.id2label, { 0: 'code', 1: 'games' });
  assert.deepEqual(config.label2id, { code: 0, games: 1 });
  const file = openSafetensors(join(model!, 'model.safetensors'));
  const names = modelParameters(readEncoderConfig(model!), { outputs: 2, pooling: 'pooler' }).flatMap(({ stored }) =>
    stored.map(({ name }) => name),
  );
  assert.deepEqual([...file.names].toSorted(), names.toSorted());
  assert.deepEqual(file.read('classifier.weight').shape, [2, 32]);
  file.close();
  assert.equal(readFileSync(join(model!, 'tokenizer.json'), 'utf8'), readFileSync(join(modelFolder, 'tokenizer.json'), 'utf8'));
});

test('a number is learnt, from the means of all layers; the model that is left says so', async () => {
  const numbers = join(folder, 'numbers.jsonl');
  const phrases = ['game', 'python', 'server', 'sound', 'data'];
  const rows = phrases.flatMap((word, value) =>
    ['a', 'the', 'this is a', 'with the', 'for a', 'on that', 'it is a', 'of the'].map((before) => ({
      text: `${before} ${word}`,
      label: value / 2,
    })),
  );
  writeFileSync(numbers, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const trainer = {
    model: modelFolder,
    data: numbers,
    task: 'regression',
    pooling: 'scalarMix',
    accumulate: 2,
    batchSize: 8,
    maxLength: 16,
  };
  const layers = allTrained.map((layer): LayerSetting => ({ ...layer, mode: 'full', learningRate: 5e-3 }));
  const run = await openRun({ ...anAssignment({ purpose: 'final', rungs: [150], horizon: 150, layers, trainer }), data: numbers });
  const { metrics, model } = await reach(run, 0);
  assert.ok(metrics['test/spearman']! > 0.8 && metrics['test/loss']! < 0.2, JSON.stringify(metrics));
  const config = JSON.parse(readFileSync(join(model!, 'config.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(
    [config.architectures, config.problem_type, config.num_labels, config.permafrost],
    [['BertModel'], 'regression', 1, { pooling: 'scalarMix' }],
  );
});

for (const { modelType } of families) {
  test(`a ${modelType} trains without leaks, and what it leaves can be trained again`, async () => {
    const trial = {
      purpose: 'final',
      rungs: [4, 24],
      horizon: 24,
      trainer: { model: modelFolder, data, batchSize: 4, maxLength: 16 },
    } as const;
    const run = await openRun({ ...anAssignment(trial), modelFolder: join(import.meta.dirname, `fixtures/tiny-${modelType}`) });
    await reach(run, 0);
    const before = tensorsOnDevice();
    const { diverged, model } = await reach(run, 1);
    assert.equal(diverged, false);
    assert.equal(tensorsOnDevice(), before);
    const again = await openRun({ ...anAssignment(trial), modelFolder: model! });
    assert.deepEqual(again.model.config, run.model.config);
    const pooler = (of: Run) => download(of.model.weight('pooler.weight'));
    assert.deepEqual(pooler(again), pooler(run));
  });
}

const refused: readonly { name: string; changes: Partial<TrialFile>; want: { exitCode: number; message: RegExp } }[] = [
  {
    name: 'layers that are not the model’s',
    changes: { layers: allTrained.slice(1) },
    want: { exitCode: 64, message: /^layers: must be embeddings, 0, 1, head: those of the model, bottom to top, got "0, 1, head"/ },
  },
  {
    name: 'nothing to train',
    changes: { layers: allTrained.map(({ name }) => ({ name, mode: 'frozen' })) },
    want: { exitCode: 64, message: /^layers: must be trained somewhere/ },
  },
  {
    name: 'low-rank additions outside the encoder layers',
    changes: { layers: allTrained.map((layer) => ({ name: layer.name, mode: 'lora', learningRate: 1e-3 })) },
    want: {
      exitCode: 64,
      message: /^layers\[0\]\.mode: must be frozen, bias or full for embeddings: lora is for encoder layers, got "lora"/,
    },
  },
  {
    name: 'a rate of 0 for a part of a layer',
    changes: {
      layers: allTrained.map(({ name }) => ({ name, mode: 'mixed', parts: [{ name: 'norm', mode: 'full', learningRate: 0 }] })),
    },
    want: { exitCode: 64, message: /^layers\[0\]\.parts\[0\]\.learningRate: must be above 0, got 0/ },
  },
  {
    name: 'a rate of 0',
    changes: { layers: allTrained.map((layer) => ({ ...layer, mode: 'full', learningRate: 0 })) },
    want: { exitCode: 64, message: /^layers\[0\]\.learningRate: must be above 0, got 0/ },
  },
  {
    name: 'texts longer than the model',
    changes: { trainer: { model: modelFolder, data, maxLength: 64 } },
    want: { exitCode: 64, message: /^trainer\.maxLength: must be <= 40/ },
  },
];
for (const { name, changes, want } of refused) {
  test(`refused: ${name}`, () => assert.rejects(openRun(anAssignment(changes)), want));
}

test('without layers all are trained at learningRate, the head at headLearningRate', async () => {
  const { layers: _, ...trial } = anAssignment({}).trial;
  const { type, settings, workFolder, prefixFolder } = anAssignment({});
  const open = (assignment: TrialFile['assignment']) =>
    openRun({ type, trial: { ...trial, assignment }, settings, modelFolder, data, workFolder, prefixFolder });
  assert.equal(
    (await open({ learningRate: 1e-3, headLearningRate: 1e-2 })).model.optimizer.parameters.length,
    modelParameters(readEncoderConfig(modelFolder), { outputs: 2, pooling: 'pooler' }).length,
  );
  await assert.rejects(open({}), { exitCode: 64, message: /^assignment\.learningRate: must be above 0, got nothing/ });
});

test('a checkpoint of another run is refused', async () => {
  const checkpoint = (await openRun(anAssignment({}))).save();
  await assert.rejects(openRun(anAssignment({ seed: 8 }, checkpoint)), {
    exitCode: 65,
    message: /checkpoint: seed must be 8 as in this trial, got 7/,
  });
});

test('a damaged model is named', async () => {
  const damaged = join(folder, 'damaged.safetensors');
  writeFileSync(damaged, readFileSync(join(modelFolder, 'model.safetensors')).subarray(0, 5000));
  assert.throws(() => openSafetensors(damaged), {
    exitCode: 65,
    message: /damaged\.safetensors: tensors take \d+ bytes, but the file holds/,
  });
});

test('upet: labels are guessed when a round begins, of the stated share of the texts without any, and learnt from', async () => {
  const upet = { teacherShare: 0.2, rounds: 2, sampleShare: 0.3, passes: 2 }; // rounds begin at steps 8 and 24
  const trainer = { model: modelFolder, batchSize: 4, maxLength: 32, method: 'upet', upet };
  const [bare, whole] = ['labelled', 'whole'].map((name) => join(folder, name));
  for (const place of [bare!, whole!]) writeTinyDataset(place);
  writeTinyUnlabelled(whole!);
  const assignment = (place: string): Assignment => ({ ...anAssignment({ trainer: { ...trainer, data: place } }), data: place });
  await assert.rejects(openRun(assignment(bare!)), /labelled: upet needs texts without labels: put them into unlabelled\.jsonl/);

  const run = await openRun(assignment(whole!));
  const guesses = () => run.model.held.get('guesses');
  await reach(run, 0);
  assert.equal(guesses(), undefined);
  await reach(run, 1);
  const first = Array.from(download(guesses()!));
  const texts = first.filter((_, place) => place % 2 === 0);
  assert.equal(new Set(texts).size, 3); // of ten
  assert.ok(texts.every((text) => text >= run.texts && text < run.texts + 10));
  await reach(run, 2);
  assert.notDeepEqual(Array.from(download(guesses()!)), first);
});
