import { multiply, square, subtract, sumOfAll } from './arithmetic.ts';
import { upload } from './handle.ts';
import { defineKernel } from './kernel.ts';
import { runMany } from './operation.ts';

export interface LossSettings {
  /** Texts that the loss is the mean of: those of a whole step, of which these may be a part. */
  readonly over: number;
}

/** Cross-entropy between softmax(outputs) and the targets: (rows, labels), (rows, labels) → (). */
export const crossEntropy = defineKernel<'outputs' | 'targets', LossSettings>({
  name: 'CrossEntropy',
  saved: [],
  kept: 1,
  forward: ({ outputs, targets }, { over }) => {
    const [losses, gradients] = runMany('SoftmaxCrossEntropyWithLogits', 2, [outputs, targets]);
    const share = upload(Float32Array.of(1 / over), []);
    return [multiply(sumOfAll(losses!), share), multiply(gradients!, share)]; // the operation has two results
  },
  gradient: (dy, _saved, [gradients]) => ({ outputs: () => multiply(gradients!, dy) }), // forward kept it
});

/** Square of the difference: (rows, 1), (rows, 1) → (). */
export const squaredError = defineKernel<'outputs' | 'targets', LossSettings>({
  name: 'SquaredError',
  saved: [],
  kept: 1,
  forward: ({ outputs, targets }, { over }) => {
    const difference = subtract(outputs, targets);
    const share = (of: number) => upload(Float32Array.of(of / over), []);
    return [multiply(sumOfAll(square(difference)), share(1)), multiply(difference, share(2))];
  },
  gradient: (dy, _saved, [gradients]) => ({ outputs: () => multiply(gradients!, dy) }), // forward kept it
});
