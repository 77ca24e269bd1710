/** Do early rungs rank trials as the last one does? Pruning stands and falls with it. */
import { compareLosses } from './order.ts';
import { emptyRung, type Rung } from './rung.ts';

/** Below this rank correlation an early rung is a poor judge. */
const enough = 0.4;
/** With fewer trials any ranking comes about by chance: all of 4 turn round once in 24 times. */
const fewest = 6;

/**
 * Kendall's tau-b: the share of pairs that two rankings order alike less the share that they order contrariwise, with
 * pairs that are equal in either taken out of its scale. NaN is worse than any number and equal to itself.
 * @param losses - one value per trial
 * @param others - of the same trials, in the same order
 * @returns from -1, the order turned round, to 1, the same order; undefined when one side has no order at all
 * @throws {RangeError} if the lengths differ
 * @see Kendall, Biometrika 33(3), 1945
 */
export function kendallTau(losses: readonly number[], others: readonly number[]): number | undefined {
  if (losses.length !== others.length) throw new RangeError(`rankings differ: ${losses.length} and ${others.length} trials`);
  let agreement = 0;
  let ordered = 0; // pairs that differ on the one side
  let otherOrdered = 0; // and on the other
  for (let i = 1; i < losses.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const one = Math.sign(compareLosses(losses[i]!, losses[j]!));
      const other = Math.sign(compareLosses(others[i]!, others[j]!));
      agreement += one * other;
      ordered += Math.abs(one);
      otherOrdered += Math.abs(other);
    }
  }
  return ordered === 0 || otherOrdered === 0 ? undefined : agreement / Math.sqrt(ordered * otherOrdered);
}

/** Two standard errors of tau between unrelated rankings of n trials. Source: Kendall, Biometrika 30, 1938. */
const noiseOf = (n: number): number => 2 * Math.sqrt((2 * (2 * n + 5)) / (9 * n * (n - 1)));

/**
 * A sentence for each rung whose ranking is less like the last rung's than pruning needs, by more than noise. Only trials
 * that reached the last rung can be asked; they are the better ones, among which any rung ranks worse than among all.
 * @param rungs - what the trials of the search reported
 * @param steps - of each rung
 */
export function rankWarnings(rungs: readonly Rung[], steps: readonly number[]): readonly string[] {
  const top = lossesOf(rungs.at(-1));
  return rungs.slice(0, -1).flatMap((table, rung) => {
    const losses = lossesOf(table);
    const trials = table.trials.filter((trial) => top.has(trial));
    const tau = kendallTau(
      trials.map((trial) => losses.get(trial)!),
      trials.map((trial) => top.get(trial)!),
    );
    if (tau === undefined || trials.length < fewest || tau + noiseOf(trials.length) >= enough) return [];
    return [
      `Rung ${rung} (${steps[rung]} steps) hardly ranks trials as the last rung does: Kendall's tau ${tau.toFixed(2)} ` +
        `(noise ${noiseOf(trials.length).toFixed(2)}) over the ${trials.length} trials that reached both. ` +
        'Its comparisons may have ended good trials: raise minResource, or take the pruner hyperband or none.',
    ];
  });
}

/** By trial; NaN where the report was no number. */
function lossesOf({ trials, losses }: Rung = emptyRung): ReadonlyMap<number, number> {
  return new Map(trials.map((trial, arrival) => [trial, losses[arrival] ?? Number.NaN]));
}
