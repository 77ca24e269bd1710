import { tf } from '../native/tensorflow.ts';
import { multiply } from './arithmetic.ts';
import { defineKernel } from './kernel.ts';
import { floatType, runMany } from './operation.ts';

/** Mean over the rows of the cross-entropy between softmax(logits) and the targets: (rows, labels), (rows, labels) → (). */
export const crossEntropy = defineKernel<'logits' | 'targets', never>({
  name: 'CrossEntropy',
  saved: [],
  kept: 1,
  forward: ({ logits, targets }) => {
    const [losses, gradients] = runMany('SoftmaxCrossEntropyWithLogits', [floatType('T')], [logits, targets], 2) as [tf.Tensor, tf.Tensor];
    return [tf.mean(losses), multiply(gradients, tf.scalar(1 / losses.size))];
  },
  gradient: (dy, _saved, [gradients]) => ({
    logits: () => multiply(gradients!, dy), // forward kept it
    targets: () => tf.zerosLike(gradients!), // never asked for: no weight leads to the targets
  }),
});
