import assert from 'node:assert/strict';
import test from 'node:test';
import { parseSettings } from './settings.ts';
import { deviceVariables } from './training-client.ts';

const variables = (settings: object) => deviceVariables(parseSettings({ model: '/model', data: '/data', ...settings }));

test('what the device is to do goes to TensorFlow and CUDA by their variables', () => {
  assert.deepEqual(variables({}), {});
  assert.deepEqual(variables({ device: 'cpu' }), { CUDA_VISIBLE_DEVICES: '' });
  assert.deepEqual(variables({ device: 'gpu', deterministic: true }), { TF_DETERMINISTIC_OPS: '1' });
  assert.deepEqual(variables({ device: 'gpu', tf32: false }), { NVIDIA_TF32_OVERRIDE: '0' });
});
