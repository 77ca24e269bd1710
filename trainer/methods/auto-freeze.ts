import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter } from '../encoder/parameters.ts';
import { absolute, sumOfAll } from '../kernels/arithmetic.ts';
import { addGradient, dropGradientSum, gradientSum } from './gradient-sums.ts';
import type { Held } from './held.ts';
import { heldNumbers, holdNumbers } from './held-numbers.ts';
import type { Method, RunFacts } from './method.ts';
import { sumsByLayer } from './sums-by-layer.ts';

/**
 * At the end of each interval the lowest layers whose gradients hardly changed since the interval before are frozen for good. Source: Liu et
 * al., 2021, arXiv:2102.01386, section 4.1 (YuhanLiu11/AutoFreeze).
 */
export function autoFreeze({ percentile, interval }: MethodSettings['autoFreeze'], { horizon }: RunFacts): Method {
  const intervalSteps = Math.max(1, Math.round(interval * horizon));
  return {
    open({ trained: all, held }) {
      const layers = [...new Set(all.map(({ layer }) => layer))].filter((layer) => layer !== 'head'); // bottom to top
      let frozen: number | undefined; // layers, as `held` has it
      const rests = ({ layer }: Parameter): boolean => {
        frozen ??= heldNumbers(held, 'frozen')?.[0] ?? 0;
        return layer !== 'head' && layers.indexOf(layer) < frozen;
      };
      return {
        pace: (parameter, step, share) => (rests(parameter) ? undefined : { count: step + 1, share }),
        differentiate({ trained, evaluate }) {
          const found = evaluate();
          for (const [index, parameter] of trained.entries()) {
            if (parameter.layer !== 'head') addGradient(held, parameter, found.gradients[index]!); // in the same order
          }
          return found;
        },
        stepped(step) {
          if ((step + 1) % intervalSteps !== 0) return;
          const learning = all.filter((parameter) => parameter.layer !== 'head' && !rests(parameter));
          const still = layers.slice(frozen);
          if (still.length === 0) return;
          const before = heldNumbers(held, 'norms')?.slice(-still.length); // of these
          const norms = normsOf(learning, still, held);
          holdNumbers(held, 'norms', norms);
          if (before === undefined) return;
          frozen =
            frozen! +
            settled(
              norms.map((norm, layer) => Math.abs(before[layer]! - norm) / before[layer]!),
              percentile,
            );
          holdNumbers(held, 'frozen', [frozen]);
        },
      };
    },
  };
}

/** Of the sums of gradients, by layer; the sums begin anew. */
function normsOf(learning: readonly Parameter[], layers: readonly string[], held: Held): readonly number[] {
  const norms = sumsByLayer(layers, learning, (parameter) => sumOfAll(absolute(gradientSum(held, parameter)!))); // there is one of every step
  for (const parameter of learning) dropGradientSum(held, parameter);
  return norms;
}

/** How many of the lowest layers change less than the percentile. */
export function settled(changes: readonly number[], percentile: number): number {
  const sorted = changes.toSorted((a, b) => a - b);
  const place = (percentile / 100) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  const threshold = low + (high - low) * (place - Math.floor(place)); // as numpy has it
  return changes.findIndex((change) => change >= threshold);
}
