import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchSpace } from '../../dimension.ts';
import { encoderOf } from './encoder.ts';
import { misfit } from './fit.ts';
import reference from './fixtures/reference.json' with { type: 'json' };
import { likeliest, surprise } from './hyper-parameters.ts';
import { covariance, kernelOf, scaledBy } from './kernel.ts';
import { posteriorOf } from './posterior.ts';

const { points, losses, lengths, joint, noise, logLikelihood, asked, means, deviations } = reference.process;
const cube: SearchSpace = lengths.map((_, d) => ({ name: `x${d}`, domain: { kind: 'uniform', min: 0, max: 1 }, activeWhen: {} }));
const encoder = encoderOf(cube);
const values = Float64Array.from([joint, ...lengths, noise], Math.log);
const encode = (point: readonly number[]) => encoder.encode(Float64Array.from(point));
const evidence = { points: points.map(encode), losses: Float64Array.from(losses), noise: new Float64Array(points.length) };
const isNear = (a: number, b: number) => Math.abs(a - b) < 1e-7;

test('gp: believes what scikit-learn’s process does', () => {
  const posterior = posteriorOf(encoder, values, evidence, []);
  for (const [index, point] of asked.entries()) {
    const { mean, deviation } = posterior.at(encode(point));
    assert.ok(isNear(mean, means[index]!) && isNear(deviation, deviations[index]!), `${point}: ${mean} ± ${deviation}`);
  }
});

test('gp: fits as well as scikit-learn says, beside the prior', () => {
  const fits = surprise(encoder, values).value - misfit(encoder, evidence)(values).value - (points.length / 2) * Math.log(2 * Math.PI);
  assert.ok(isNear(fits, logLikelihood), `${fits}, not ${logLikelihood}`);
});

test('gp: a pending trial leaves the mean and takes uncertainty away, most of it where it is', () => {
  const [here, there] = [asked[0]!, asked[1]!];
  const [without, beside] = [[], [encode(here)]].map((pending) => posteriorOf(encoder, values, evidence, pending));
  for (const point of [here, there]) {
    assert.ok(isNear(beside!.at(encode(point)).mean, without!.at(encode(point)).mean));
  }
  const left = (point: readonly number[]) => beside!.at(encode(point)).deviation / without!.at(encode(point)).deviation;
  assert.ok(left(here) < left(there) && left(there) < 1, `${left(here)}, ${left(there)}`);
  assert.ok(Math.abs(beside!.at(encode(here)).deviation - noise) < 0.02, 'it is as well known as a trial with noise');
});

test('gp: two layers share an effect in part, a layer below the frozen prefix has none', () => {
  const layers: SearchSpace = [0, 1, 2].map((index) => ({
    name: `rates.${index}`,
    domain: { kind: 'logUniform', min: 1e-6, max: 1e-3 },
    activeWhen: {},
    layer: { of: 'rates', index, count: 3 },
  }));
  const space: SearchSpace = [{ name: 'rates.frozenPrefix', domain: { kind: 'int', min: 0, max: 1 }, activeWhen: {} }, ...layers];
  const own = encoderOf(space);
  const kernel = { ...kernelOf(own, likeliest(own)), jointVariance: 0 };
  const scaled = scaledBy(kernel, own, [Float64Array.of(0.25, 0.5, 0.5, 0.5), Float64Array.of(0.75, 0.5, 0.5, 0.5)].map(own.encode));
  // By hand. A layer's effect at the middle of its range: 0.5 + 0 + 0.35 · 5/4 + 0 + 0.03 · 81/64 (even degrees only), at 1/3
  // of deviation; layers one apart share 0.7 · exp(-1/2), two apart 0.7 · exp(-2).
  const effect = (0.5 + 0.35 * (5 / 4) + 0.03 * (81 / 64)) / 9;
  const [near, far] = [0.7 * Math.exp(-1 / 2), 0.7 * Math.exp(-2)];
  assert.ok(isNear(covariance(kernel, scaled, 0, scaled, 0), effect * (3 + 4 * near + 2 * far)));
  assert.ok(isNear(covariance(kernel, scaled, 1, scaled, 1), effect), 'a prefix of 1 is embeddings and layer 0');
  assert.ok(isNear(covariance(kernel, scaled, 0, scaled, 1), effect * (1 + near + far)));
});
