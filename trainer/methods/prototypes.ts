import type { MethodSettings } from '../../study/methods/methods.ts';
import { inScope, upload } from '../kernels/handle.ts';
import type { Method, Opening } from './method.ts';

/** Beside variances that may be 0. */
const tiny = 1e-8;

interface Sums {
  texts: number;
  /** Of what the classifier sees, and of its squares. */
  readonly values: Float64Array;
  readonly squares: Float64Array;
}

/**
 * The classifier begins as the distances to the means of the classes in units of the variance within them, which are linear where all classes
 * share one: `w = μ / σ²`, `b = -Σ μ² / 2σ²`. Sources: Snell et al., NeurIPS 2017, arXiv:1703.05175, section 2.4; variances after
 * arXiv:2210.13979, of which we know the abstract.
 */
export function prototypes({ shrinkage, temperature }: MethodSettings['prototypes']): Method {
  return {
    open: (opening) => ({
      async survey(look) {
        const [width, labels] = opening.trained.find(({ name }) => name === 'classifier.weight')!.shape as [number, number]; // the head learns
        const classes = Array.from({ length: labels }, (): Sums => {
          return { texts: 0, values: new Float64Array(width), squares: new Float64Array(width) };
        });
        await look.features((seen, truth) => {
          const sums = classes[truth]!; // index of a label
          sums.texts += 1;
          for (const [place, value] of seen.entries()) {
            sums.values[place]! += value;
            sums.squares[place]! += value ** 2;
          }
        });
        inScope(() => begin(classes, width, opening));
      },
    }),
  };

  function begin(classes: readonly Sums[], width: number, { assign }: Opening): void {
    const texts = classes.reduce((sum, each) => sum + each.texts, 0);
    const means = classes.map((sums) => sums.values.map((value) => value / Math.max(1, sums.texts))); // none of a label without texts
    const within = Float64Array.from({ length: width }, (_, place) =>
      classes.reduce((sum, sums, label) => sum + sums.squares[place]! - sums.texts * means[label]![place]! ** 2, 0),
    ).map((sum) => Math.max(0, sum) / texts); // rounding may leave less than nothing
    const mean = within.reduce((sum, each) => sum + each, 0) / width;
    const scales = within.map((each) => 1 / (((1 - shrinkage) * each + shrinkage * mean + tiny) * temperature));
    const weights = Float32Array.from({ length: width * classes.length }, (_, index) => {
      const [place, label] = [Math.floor(index / classes.length), index % classes.length];
      return means[label]![place]! * scales[place]!;
    });
    const biases = Float32Array.from(means, (own) => -own.reduce((sum, value, place) => sum + value ** 2 * scales[place]!, 0) / 2);
    assign('classifier.weight', upload(weights, [width, classes.length]));
    assign('classifier.bias', upload(biases, [classes.length]));
  }
}
