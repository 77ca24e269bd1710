import type { MethodSettings } from '../../study/methods/methods.ts';
import { between } from '../kernels/arithmetic.ts';
import { giveToScope, hold, upload } from '../kernels/handle.ts';
import type { Method, RunFacts } from './method.ts';

/**
 * Evaluations see an average of the weights over steps. Sources: Polyak and Juditsky, 1992; Izmailov et al., UAI 2018, arXiv:1803.05407,
 * section 3 (stochastic weight averaging, here with the schedule of the run).
 */
export function averaging({ kind, decay, from }: MethodSettings['averaging'], { horizon }: RunFacts): Method {
  const first = Math.floor(from * horizon);
  const shareOfNew = (step: number): number => (kind === 'ema' ? 1 - decay : 1 / (step - first + 1));
  return {
    open: ({ trained, weight, held }) => ({
      stepped(step) {
        if (step < first) return;
        const share = upload(Float32Array.of(shareOfNew(step)), []);
        for (const { name } of trained) {
          const before = held.get(averageOf(name));
          const now = weight(name);
          held.set(averageOf(name), before === undefined ? now : between(before, now, share));
        }
      },
      evaluated({ name }) {
        const average = held.get(averageOf(name));
        return average === undefined ? weight(name) : giveToScope(hold(average));
      },
    }),
  };
}

const averageOf = (name: string): string => `average.${name}`;
