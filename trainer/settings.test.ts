import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSettings } from './settings.ts';

const block = { model: '/models/minilm', data: '/data' };

test('defaults are filled in', () => {
  const { batchSize, maxLength, weightDecay, warmup, clipNorm, device } = parseSettings(block);
  assert.deepEqual(
    { batchSize, maxLength, weightDecay, warmup, clipNorm, device },
    { batchSize: 16, maxLength: 64, weightDecay: 0.01, warmup: 0.1, clipNorm: 1, device: undefined },
  );
});

const refused: readonly { name: string; changes: object; message: RegExp }[] = [
  { name: 'a wrong type', changes: { batchSize: 'many' }, message: /^trainer\.batchSize: must be a number, got "many"/ },
  { name: 'an unknown field', changes: { batchsize: 8 }, message: /^trainer\.batchsize: is not a known field.*batchSize/ },
  { name: 'a value out of range', changes: { warmup: 2 }, message: /^trainer\.warmup: must be <= 1, got 2/ },
  { name: 'a missing field', changes: { model: undefined }, message: /^trainer\.model: must be/ },
  { name: 'an unknown device', changes: { device: 'tpu' }, message: /^trainer\.device: must be one of cpu, gpu, got "tpu"/ },
];
for (const { name, changes, message } of refused) {
  test(`refused: ${name}`, () => assert.throws(() => parseSettings({ ...block, ...changes }), { exitCode: 64, message }));
}
