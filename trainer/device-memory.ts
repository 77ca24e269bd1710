/**
 * What to say of an error of TensorFlow when it is that the device has no memory left; undefined of any other. TensorFlow names the tensor
 * and the device: "Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[…] on /job:…/device:GPU:0 by allocator GPU_0_bfc".
 */
export function deviceMemoryText(message: string): string | undefined {
  if (!message.includes('Invalid TF_Status: 8')) return undefined; // RESOURCE_EXHAUSTED
  const device = /device:(CPU|GPU):\d+/.exec(message)?.[1];
  const where = device === 'GPU' ? ' on the GPU' : device === 'CPU' ? ' on the host' : '';
  return `out of memory${where}: ${message.replaceAll(/\s+/g, ' ')}; take accumulate, activations: recompute, or a smaller batchSize or maxLength`;
}
