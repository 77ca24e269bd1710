/** Predictions that are drawn together although something small differs at the bottom. */
import { symmetricDivergence } from '../kernels/divergence.ts';
import type { Handle } from '../kernels/handle.ts';
import { sum } from '../kernels/sum.ts';
import type { LossPass } from './method.ts';
import { penalised } from './penalty.ts';

/** `KL(p ‖ q) + KL(q ‖ p)` of the predictions without and with what is added at the bottom, and the outputs without it. */
export function disagreement<T>({ graph, pass, over }: LossPass<T>, added: T): { readonly outputs: T; readonly apart: T } {
  const one = pass().outputs;
  const other = pass((bottom) => graph.apply(sum, { a: bottom, b: added }, undefined)).outputs;
  return { outputs: one, apart: graph.apply(symmetricDivergence, { one, other }, { over }) };
}

/** The task's loss and `strength` times the disagreement, and the outputs without what is added. */
export function agreeing<T>(loss: LossPass<T>, added: Handle, strength: number): { readonly outputs: T; readonly total: T } {
  const { graph } = loss;
  const { outputs, apart } = disagreement(loss, graph.constant(added));
  return { outputs, total: penalised(graph, loss.taskLoss(outputs), strength, apart) };
}
