import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAsked, testedDevice } from './self-test.ts';

const on = (device: 'cpu' | 'gpu') => ({ tensorflow: '2.21.0', device }) as const;

test('the device of this machine computes, and whoever asks for none gets it', () => {
  assert.deepEqual(testedDevice(undefined), testedDevice('cpu'));
});

test('a device that is not the one asked for is refused, whichever it is', () => {
  assert.throws(() => checkAsked('gpu', on('cpu')), {
    exitCode: 64,
    message: /gpu was asked for, but TensorFlow 2\.21\.0 has found no GPU/,
  });
  assert.throws(() => checkAsked('cpu', on('gpu')), {
    exitCode: 64,
    message: /cpu was asked for, but TensorFlow 2\.21\.0 has taken a GPU/,
  });
  for (const device of ['cpu', 'gpu'] as const) assert.doesNotThrow(() => checkAsked(device, on(device)));
});
