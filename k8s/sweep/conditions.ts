import type { Condition } from '../api/condition.ts';
import { cut } from '../controller/cut.ts';

/** What a controller says of one condition. */
export type Assertion = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** A message may hold the whole list of what is wrong with a spec; the object must stay small. */
const longestMessage = 1_024;

/**
 * The conditions with these said anew. What nobody says anything about stays; what was never said is Unknown.
 * @param types - all that the kind has, in this order; each is there from the first look on
 * @param now - when a status changes, it changes now
 */
export function conditionsAfter(
  types: readonly string[],
  before: readonly Condition[] = [],
  assertions: readonly Assertion[],
  generation: number,
  now: Date,
): readonly Condition[] {
  return types.map((type) => {
    const old = before.find((condition) => condition.type === type);
    const said = assertions.find((assertion) => assertion.type === type);
    if (said === undefined && old !== undefined) return old;
    const { status, reason, message } = said ?? { status: 'Unknown', reason: 'NotKnown', message: 'Nothing is known yet.' };
    return {
      type,
      status,
      reason,
      message: cut(message, longestMessage),
      observedGeneration: generation,
      lastTransitionTime: old?.status === status ? old.lastTransitionTime : now.toISOString(),
    };
  });
}
