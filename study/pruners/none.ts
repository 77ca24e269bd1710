import type { Pruner } from './pruner.ts';

/** Every trial runs to the top. */
export function none(): Pruner {
  return {
    decide: () => ({ action: 'continue', reason: { code: 'notPruned' } }),
    promotion: () => undefined,
  };
}
