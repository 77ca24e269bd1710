import type { MethodSettings } from '../../study/methods/methods.ts';
import { type Method, paceFrom, type RunFacts } from './method.ts';

/**
 * The head learns from the first step on, then one block of layers after the other, from the top (or, to compare with, the bottom); learning
 * rates rise briefly and fall slowly over the whole run. Source: Howard, Ruder, ACL 2018, arXiv:1801.06146, sections 3.2 and 3.3; blocks begin at
 * even distances in place of epochs. Its discriminative rates are those of a layer configuration with decay 1 / 2.6.
 */
export function gradualUnfreezing(
  { until, order, block, cut, ratio }: MethodSettings['gradualUnfreezing'],
  { config: { layers }, horizon }: RunFacts,
): Method {
  const blocks = Math.ceil((layers + 1) / block); // the embeddings are one
  const beginOf = (layer: string): number => {
    if (layer === 'head') return 0;
    const fromTop = layer === 'embeddings' ? layers : layers - 1 - Number(layer);
    const before = order === 'topDown' ? fromTop : layers - fromTop;
    return Math.ceil(((Math.floor(before / block) + 1) * until * horizon) / blocks);
  };
  const share = (step: number) => slantedTriangle(step + 1, horizon, cut, ratio);
  return { open: () => ({ pace: ({ layer }, step) => paceFrom(beginOf(layer), step, share(step)) }) };
}

/**
 * A steep line up to 1 over a share `cut` of the steps, then a flat one down to 1 / ratio.
 * @param step - from 1 to `horizon`
 */
export function slantedTriangle(step: number, horizon: number, cut: number, ratio: number): number {
  const top = Math.max(1, Math.floor(horizon * cut));
  const height = step < top ? step / top : 1 - (step - top) / (top * (1 / cut - 1));
  return Math.max(0, (1 + height * (ratio - 1)) / ratio); // rounding the top down would end below 0
}
