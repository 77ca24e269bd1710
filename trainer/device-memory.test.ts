import assert from 'node:assert/strict';
import test from 'node:test';
import { deviceMemoryText } from './device-memory.ts';

/** As TensorFlow 2.21.0 has said it on a CPU, for a tensor that no machine has room for; it tries for ten seconds first. */
const said =
  'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[8388608,8388608] and type float on /job:localhost/replica:0/task:0/device:CPU:0 by allocator mklcpu';

test('that a device has no memory left is recognised, with the place and in one line', () => {
  const rest = `${said.replace('\n', ' ')}; take accumulate, activations: recompute, or a smaller batchSize or maxLength`;
  assert.equal(deviceMemoryText(said), `out of memory on the host: ${rest}`);
  assert.equal(deviceMemoryText(said.replace('CPU:0', 'GPU:0')), `out of memory on the GPU: ${rest.replace('CPU:0', 'GPU:0')}`);
  assert.match(deviceMemoryText('Invalid TF_Status: 8\nMessage: something else') ?? '', /^out of memory: /);
});

test('other errors are none of its', () => assert.equal(deviceMemoryText('Invalid TF_Status: 3\nMessage: Incompatible shapes'), undefined));
