import { compareLosses } from '../order.ts';

/** Which of the losses are among the best share; those equal to the last of them are too. NaN never is, unless all are NaN. */
export function bestShare(losses: readonly number[], share: number): readonly boolean[] {
  const cut = losses.toSorted(compareLosses)[Math.max(0, Math.ceil(share * losses.length) - 1)]!;
  return losses.map((loss) => compareLosses(loss, cut) <= 0);
}
