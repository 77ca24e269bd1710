import type { MethodSettings } from '../../study/methods/methods.ts';
import { scheduleAt } from '../schedule.ts';
import { type Method, paceFrom, type RunFacts } from './method.ts';

/**
 * First the head learns alone, then everything. Source: Kumar et al., ICLR 2022, arXiv:2202.10054. Our operationalisation: both parts lie within
 * the steps of a trial, each with a schedule of its own, and the head's moments go on.
 */
export function lpft({ headShare }: MethodSettings['lpft'], { horizon, warmup }: RunFacts): Method {
  const until = Math.ceil(headShare * horizon);
  const share = (step: number) => (step < until ? scheduleAt(step, until, warmup) : scheduleAt(step - until, horizon - until, warmup));
  return { open: () => ({ pace: ({ layer }, step) => paceFrom(layer === 'head' ? 0 : until, step, share(step)) }) };
}
