import { add, batchProduct, multiply, pack, permute, reshape, softmax, subtract, sumOfLast, unstackTwo } from './arithmetic.ts';
import { dropoutMask, type Noise } from './dropout.ts';
import { type Handle, scoped } from './handle.ts';
import { defineKernel } from './kernel.ts';
import { constant } from './operation.ts';

export interface AttentionSettings extends Noise {
  readonly batch: number;
  readonly heads: number;
}

/**
 * Scaled dot-product attention with all heads at once. Source: Vaswani et al., NeurIPS 2017, arXiv:1706.03762, section 3.2.
 * - `query` (batch · asking, hidden): either every position asks, or only some (the classifier reads one position of the last layer).
 * - `keyValue` (batch · time, 2 · hidden): keys, then values.
 * - `mask` (batch, 1, 1, time): 0 where there is a token, very negative where there is padding.
 * - result (batch · asking, hidden).
 */
export const attention = defineKernel<'query' | 'keyValue' | 'mask', AttentionSettings>({
  name: 'Attention',
  saved: [],
  kept: 5,
  forward: ({ query, keyValue, mask }, { batch, heads, ...noise }) => {
    const width = query.shape[1]! / heads; // both inputs have rank 2
    const time = keyValue.shape[0]! / batch;
    const asked = multiply(splitHeads(query, batch, heads), constant(1 / Math.sqrt(width))); // (batch, heads, asking, width)
    const stacked = permute(reshape(keyValue, batch, time, 2, heads, width), 2, 0, 3, 1, 4); // (2, batch, heads, time, width)
    const [key, value] = unstackTwo(stacked);
    const weights = softmax(add(batchProduct(asked, key, 'plain', 'transposed'), mask)); // (batch, heads, asking, time)
    if (noise.rate === 0) return [joinHeads(batchProduct(weights, value)), asked, key, value, weights];
    const drop = dropoutMask(weights.shape, noise);
    return [joinHeads(batchProduct(multiply(weights, drop), value)), asked, key, value, weights, drop];
  },
  gradient: (dy, _saved, kept, { batch, heads }) => {
    const [asked, key, value, weights, drop] = kept as [Handle, Handle, Handle, Handle, Handle?]; // as forward returned them
    const dropped = (x: Handle) => (drop === undefined ? x : multiply(x, drop));
    const dHeard = splitHeads(dy, batch, heads);
    // Gradient of the scores, needed by query and key: softmax's is w · (dw - Σ w dw).
    const dScores = scoped(() => {
      const weighted = multiply(dropped(batchProduct(dHeard, value, 'plain', 'transposed')), weights);
      return subtract(weighted, multiply(weights, sumOfLast(weighted)));
    });
    return {
      query: () => joinHeads(multiply(batchProduct(dScores, key), constant(1 / Math.sqrt(key.shape[3]!)))),
      keyValue: () => {
        const dKey = batchProduct(dScores, asked, 'transposed', 'plain');
        const dValue = batchProduct(dropped(weights), dHeard, 'transposed', 'plain');
        const side = permute(pack([dKey, dValue]), 1, 3, 0, 2, 4); // (batch, time, 2, heads, width)
        return reshape(side, batch * side.shape[1]!, 2 * dy.shape[1]!);
      },
    };
  },
});

/** (batch · time, hidden) → (batch, heads, time, width) */
function splitHeads(x: Handle, batch: number, heads: number): Handle {
  const [rows, hidden] = x.shape as [number, number];
  return permute(reshape(x, batch, rows / batch, heads, hidden / heads), 0, 2, 1, 3);
}

/** (batch, heads, time, width) → (batch · time, hidden) */
function joinHeads(x: Handle): Handle {
  const [batch, heads, time, width] = x.shape as [number, number, number, number];
  return reshape(permute(x, 0, 2, 1, 3), batch * time, heads * width);
}
