import type { MethodSettings } from '../../study/methods/methods.ts';
import type { Gradient } from '../engine/graph.ts';
import { halfSquares } from '../kernels/arithmetic.ts';
import { addGradient, dropGradientSum, gradientSum } from './gradient-sums.ts';
import type { Held } from './held.ts';
import { heldNumbers, holdNumbers } from './held-numbers.ts';
import type { Method, Opening, RunFacts } from './method.ts';
import { sumsByLayer } from './sums-by-layer.ts';

/**
 * Learning rates of layers follow from their gradients, estimated in the first steps of each period. Source: Lee et al., ICLR 2023,
 * arXiv:2210.11466, section 5: Auto-RGN scales by ‖g‖ / ‖w‖ over the largest, Auto-SNR stops layers whose (mean g)² / Var g is small beside it.
 */
export function autoRates({ by, batches, period, threshold }: MethodSettings['autoRates'], { horizon }: RunFacts): Method {
  const periodSteps = Math.max(batches, Math.round(period * horizon));
  return {
    open(opening) {
      const { trained, held } = opening;
      const layers = [...new Set(trained.map(({ layer }) => layer))].filter((layer) => layer !== 'head');
      let shares: readonly number[] | undefined; // as `held` has them
      const shareOf = (layer: string): number => {
        shares ??= heldNumbers(held, 'shares') ?? layers.map(() => 1);
        return shares[layers.indexOf(layer)] ?? 1; // of the head
      };
      return {
        pace: ({ layer }, step, share) => ({ count: step + 1, share: share * shareOf(layer) }),
        differentiate({ step, evaluate }) {
          const found = evaluate();
          if (layers.length > 0 && step % periodSteps < batches) count(found.gradients, layers, opening);
          return found;
        },
        stepped(step) {
          if (layers.length === 0 || step % periodSteps !== batches - 1) return;
          const estimates = by === 'rgn' ? sumsIn(held, layers) : signals(layers, opening);
          const largest = Math.max(...estimates);
          const next = estimates.map((each) => (by === 'rgn' ? each / largest : Number(each / largest >= threshold)));
          holdNumbers(held, 'shares', next);
          shares = undefined; // to be read again: a run that goes on has them rounded
          held.delete('sums');
        },
      };
    },
  };

  function count(gradients: readonly Gradient[], layers: readonly string[], { trained, weight, held }: Opening): void {
    const squares = sumsByLayer(layers, trained, (_, index) => halfSquares(gradients[index]!.of)); // in the same order: none rests
    const sizes = by === 'rgn' ? sumsByLayer(layers, trained, ({ name }) => halfSquares(weight(name))) : undefined;
    const before = sumsIn(held, layers);
    const added = squares.map((square, index) => (sizes === undefined ? square : Math.sqrt(square / sizes[index]!))); // one each
    const sums = before.map((sum, index) => sum + added[index]!);
    holdNumbers(held, 'sums', sums);
    if (by === 'rgn') return;
    for (const [index, parameter] of trained.entries()) addGradient(held, parameter, gradients[index]!);
  }

  /** Squares of mean gradients over their variance, by layer. */
  function signals(layers: readonly string[], { trained, held }: Opening): readonly number[] {
    const ofSums = sumsByLayer(layers, trained, (parameter) => halfSquares(gradientSum(held, parameter)!)); // `count` made them
    for (const parameter of trained) dropGradientSum(held, parameter);
    return sumsIn(held, layers).map((squares, index) => {
      const squaredMean = ofSums[index]! / batches ** 2;
      return squaredMean / (squares / batches - squaredMean);
    });
  }
}

const sumsIn = (held: Held, layers: readonly string[]): readonly number[] => heldNumbers(held, 'sums') ?? layers.map(() => 0);
