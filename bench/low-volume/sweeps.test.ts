import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layerConfigurationOf } from '../../study/layers.ts';
import { checkAgainstModel } from '../../study/model-check.ts';
import { contains, searchSpaceOf } from '../../study/space.ts';
import { cellsOf, quick, startedWith, sweepName, sweepOf, whole } from './sweeps.ts';

const inputs = { model: '/model', data: '/data' };
const shape = { layers: 6 };

test('every sweep of the study is valid for its model, and has a name of its own', () => {
  const cells = cellsOf(whole, shape);
  for (const cell of cells) checkAgainstModel(sweepOf(cell, whole, inputs), shape);
  assert.equal(new Set(cells.map(sweepName)).size, cells.length);
});

test('main arms have ten seeds and the others five; all methods take part with each number of examples', () => {
  const cells = cellsOf(whole, shape);
  const mains = cells.filter(({ arm, size }) => arm.isMain && size === 500).map(({ arm }) => arm.name);
  assert.deepEqual(mains, ['full', 'head-only', 'prefix', 'llrd', 'per-layer', 'dps', 'guided-dropout', 'bitfit', 'lora', 'lpft']);
  for (const cell of cells) {
    const { spec } = sweepOf(cell, whole, inputs);
    assert.equal(spec.finalSeeds, cell.arm.isMain ? 10 : 5);
    assert.equal(spec.trialTemplate.trainer.trainExamples, cell.size);
  }
});

test('every training has the same number of steps of as many texts, whatever the method and the number of examples', () => {
  const lengths = cellsOf(whole, shape).map((cell) => {
    const { pruneAlgorithm, trialTemplate } = sweepOf(cell, whole, inputs).spec;
    return JSON.stringify([pruneAlgorithm.maxResource, trialTemplate.trainer.batchSize]);
  });
  assert.deepEqual([...new Set(lengths)], ['[120,16]']);
});

test('the quick one has six arms, three seeds and one number of examples', () => {
  const sweeps = cellsOf(quick, shape).map((cell) => sweepOf(cell, quick, inputs).spec);
  assert.deepEqual(
    sweeps.map(({ finalSeeds, trialTemplate }) => [finalSeeds, trialTemplate.trainer.trainExamples]),
    Array.from({ length: 6 }, () => [3, 300]),
  );
});

test('the search of rates for each layer can begin with any rates that the one for decay can find', () => {
  const cells = cellsOf(quick, shape);
  const [decay, perLayer] = ['llrd', 'per-layer'].map((name) => cells.find(({ arm }) => arm.name === name)!);
  const { parameters } = sweepOf(decay!, quick, inputs).spec;
  const ends = [3e-5, 4e-4].flatMap((rate) => [0.6, 0.95].map((factor) => ({ rate, factor })));
  for (const { rate, factor } of ends) {
    const assignment = { 'layers.frozenPrefix': 0, 'layers.learningRate': rate, 'layers.decay': factor, headLearningRate: 1e-3 };
    const layers = layerConfigurationOf(parameters, assignment, shape)!;
    const begun = startedWith(sweepOf(perLayer!, quick, inputs), { sweep: 'earlier', trial: 4, layers }, shape);
    checkAgainstModel(begun, shape);
    const [first] = begun.spec.enqueueAssignments;
    assert.ok(contains(searchSpaceOf(begun.spec.parameters, shape), first!.assignment), JSON.stringify({ rate, factor }));
    assert.deepEqual(first!.from, { sweep: 'earlier', trial: 4 });
  }
});

test('main arms of all sizes come first, so that a run that ends early has them', () => {
  const order = cellsOf(whole, shape).map(({ arm, size }) => `${arm.isMain ? 'main' : 'other'} ${size}`);
  assert.deepEqual([...new Set(order)], ['main 300', 'main 500', 'main 1000', 'other 300', 'other 500', 'other 1000']);
});
