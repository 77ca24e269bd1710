/** Samplers that learn from one loss, taught from several. */
import type { Losses } from '../../dominance.ts';
import type { SweepEvent, SweepLog } from '../../log.ts';
import { lossIfReported } from '../../objective.ts';
import { reportsOf } from '../../rung-tables.ts';
import type { Objective } from '../../trial.ts';
import type { Sampler } from '../sampler.ts';
import { searchedTrials } from '../searched.ts';

/** What the sampler beneath is told to minimize. */
export const oneLoss = { metric: 'oneLoss', direction: 'minimize' } as const satisfies Objective;

/**
 * One loss for each trial that reported at a rung.
 * @param points - what they lost, an objective each, all numbers
 * @param asked - how many trials were suggested before: the same log gives the same losses
 */
export type Scalarisation = (points: readonly Losses[], asked: number) => readonly number[];

/** A sampler of one objective that sees several as one, rung by rung. What it expects of that one says nothing in the unit of any of them. */
export function withOneLoss(sampler: Sampler, objectives: readonly Objective[], scalarise: Scalarisation): Sampler {
  return (space, log) => {
    const proposal = sampler(space, retold(log, objectives, scalarise));
    return proposal && { assignment: proposal.assignment };
  };
}

function retold(log: SweepLog, objectives: readonly Objective[], scalarise: Scalarisation): SweepLog {
  const asked = searchedTrials(log).length;
  const losses = new Map<SweepEvent, number>();
  for (const atRung of Map.groupBy(reportsOf(log, 'search'), ({ rung }) => rung).values()) {
    const byTrial = atRung.toSorted((a, b) => a.trial - b.trial); // who reported first makes no difference
    const measured = byTrial.flatMap((event) => {
      const point = objectives.map((objective) => lossIfReported(event.metrics, objective));
      return point.every(Number.isFinite) ? [{ event, point }] : [];
    });
    const found = scalarise(
      measured.map(({ point }) => point),
      asked,
    );
    for (const [index, { event }] of measured.entries()) losses.set(event, found[index]!);
  }
  return log.map((event) => (event.type === 'reported' ? { ...event, metrics: { [oneLoss.metric]: losses.get(event) ?? null } } : event));
}
