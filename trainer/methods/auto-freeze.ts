import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Parameter } from '../encoder/parameters.ts';
import { absolute, add, pack, reshape, sumOfFirst } from '../kernels/arithmetic.ts';
import { download, type Handle, upload } from '../kernels/handle.ts';
import type { Held } from './held.ts';
import type { Method, RunFacts } from './method.ts';
import { wholeTable } from './whole-table.ts';

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
        frozen ??= numbersIn(held, 'frozen')[0] ?? 0;
        return layer !== 'head' && layers.indexOf(layer) < frozen;
      };
      return {
        pace: (parameter, step, share) => (rests(parameter) ? undefined : { count: step + 1, share }),
        differentiate({ trained, evaluate }) {
          const found = evaluate();
          for (const [index, parameter] of trained.entries()) {
            if (parameter.layer === 'head') continue;
            const [gradient, sum] = [wholeTable(found.gradients[index]!, parameter), held.get(sumOf(parameter))]; // in the same order
            held.set(sumOf(parameter), sum === undefined ? gradient : add(sum, gradient));
          }
          return found;
        },
        stepped(step) {
          if ((step + 1) % intervalSteps !== 0) return;
          const learning = all.filter((parameter) => parameter.layer !== 'head' && !rests(parameter));
          const still = layers.slice(frozen);
          if (still.length === 0) return;
          const before = numbersIn(held, 'norms').slice(-still.length); // of these, when there are any
          const norms = normsOf(learning, still, held);
          held.set('norms', vector(norms));
          if (before.length === 0) return;
          frozen =
            frozen! +
            settled(
              norms.map((norm, layer) => Math.abs(before[layer]! - norm) / before[layer]!),
              percentile,
            );
          held.set('frozen', vector([frozen]));
        },
      };
    },
  };
}

const sumOf = ({ name }: Parameter): string => `sum.${name}`;

const vector = (values: readonly number[]): Handle => upload(Float32Array.from(values), [values.length]);

const numbersIn = (held: Held, name: string): readonly number[] => {
  const values = held.get(name);
  return values === undefined ? [] : Array.from(download(values));
};

/** Of the sums of gradients, by layer; the sums begin anew. */
function normsOf(learning: readonly Parameter[], layers: readonly string[], held: Held): readonly number[] {
  const sizes = learning.map((parameter) => {
    const sum = held.get(sumOf(parameter))!; // of every step
    return sumOfFirst(
      reshape(
        absolute(sum),
        parameter.shape.reduce((size, axis) => size * axis, 1),
      ),
    );
  });
  const norms = download(pack(sizes));
  for (const parameter of learning) held.delete(sumOf(parameter));
  return layers.map((layer) => learning.reduce((sum, each, index) => (each.layer === layer ? sum + norms[index]! : sum), 0));
}

/** How many of the lowest layers change less than the percentile. */
export function settled(changes: readonly number[], percentile: number): number {
  const sorted = changes.toSorted((a, b) => a - b);
  const place = (percentile / 100) * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  const threshold = low + (high - low) * (place - Math.floor(place)); // as numpy has it
  return changes.findIndex((change) => change >= threshold);
}
