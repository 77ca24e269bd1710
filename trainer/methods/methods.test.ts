/** Every method against PyTorch, in three steps, and interrupted. reference/make-methods.py wrote the references. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { type MethodName, methodNames } from '../../study/methods/methods.ts';
import type { LayerSetting } from '../../study/trial.ts';
import { uniform } from '../kernels/dropout.ts';
import { download, tensorsOnDevice } from '../kernels/handle.ts';
import type { ModelSettings } from '../model.ts';
import { openRun, type Run, type RunHooks } from '../run.ts';
import { openSafetensors } from '../safetensors.ts';
import { parseSettings } from '../settings.ts';
import { writeTinyDataset, writeTinyUnlabelled } from '../testing/tiny-dataset.ts';
import { assertClose, begin, folder, horizon, modelFolder, type Opening, runs, takeStep } from '../testing/tiny-methods.ts';
import { storeParameter } from '../weights.ts';

const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as {
  readonly uniform: readonly number[];
  readonly losses: Readonly<Record<string, readonly number[]>>;
};

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

    for (const activations of ['keep', 'recompute'] as const) {
      test(`a step leaves no tensor behind but what is held: ${activations}`, async () => {
        const { model } = await begin({ ...opening, how: { activations } });
        const onDevice = () => tensorsOnDevice() - [...model.held.entries()].length;
        for (let step = 0; step < 4; step += 1) takeStep(model, step);
        const before = onDevice();
        for (let step = 4; step < horizon; step += 1) takeStep(model, step);
        assert.equal(onDevice(), before);
        model.dispose();
      });
    }
  });
}
suite('interrupted equals uninterrupted, bit for bit', () => {
  const work = mkdtempSync(join(tmpdir(), 'permafrost-methods-'));
  after(() => rmSync(work, { recursive: true }));
  const data = join(work, 'data');
  writeTinyDataset(data);
  writeTinyUnlabelled(data);
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
  /** They are stopped in the middle of their first stage and of a later one. */
  const isStaged = /^(dps|lpft|gradual|auto|ema|swa|weightMixup|upet)/;
  const filesIn = (checkpoint: string) =>
    ['model', 'optim', 'method']
      .map((name) => join(checkpoint, `${name}.safetensors`))
      .map((file) => existsSync(file) && readFileSync(file));

  for (const [name, { trainer }] of Object.entries(runs)) {
    if (name === 'full') continue; // run.test.ts has it
    test(name, async () => {
      const straight = await openTrial(trainer);
      const want = await straight.advance(0, quietly);
      for (const stop of isStaged.test(name) ? [1, 5] : [3]) {
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
