import { setImmediate } from 'node:timers/promises';
import { seededStream } from '../study/random.ts';
import { chunks } from './batches.ts';
import { noiseOfStep, noNoise } from './encoder/forward.ts';
import { giveToScope, inScope, release } from './kernels/handle.ts';
import type { Look } from './methods/method.ts';
import type { Model } from './model.ts';
import { shuffled } from './random.ts';
import type { Split } from './train.ts';

/** Sets the order and the noise of a look apart from those of training, which are of the same seed. */
const apart = 0x2545f491;

/** How a method looks at the training data before the first step. */
export function lookAt(model: Model, { source, labels }: Split, seed: number): Look {
  const own = seed ^ apart;
  return async ({ atOnce, most = labels.length, dropout }, visit) => {
    const order = shuffled([...labels.keys()], seededStream(own >>> 0, 0)).slice(0, most);
    for (const [index, texts] of chunks(order, atOnce).entries()) {
      const input = source.input(texts);
      const noise = dropout === 'on' ? noiseOfStep(own, index) : noNoise;
      const found = model.gradients([{ input, targets: model.task.targets(texts.map((text) => labels[text]!)), noise }]);
      if (input.prefix !== undefined) release(input.prefix);
      inScope(() => {
        for (const handle of [found.loss, ...found.gradients.map(({ of }) => of)]) giveToScope(handle);
        visit(found);
      });
      await setImmediate(); // lets messages of the supervisor in
    }
  };
}
