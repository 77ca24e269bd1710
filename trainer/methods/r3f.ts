import type { MethodSettings } from '../../study/methods/methods.ts';
import { agreeing } from './agreement.ts';
import type { Method, RunFacts } from './method.ts';
import { bottomNoise } from './noise.ts';

/**
 * The predictions of a pass with a little noise at the bottom are drawn to those without, `strength · (KL(p ‖ q) + KL(q ‖ p))`. Source:
 * Aghajanyan et al., ICLR 2021, arXiv:2008.03156, section 3, and fairseq's sentence_prediction_r3f.
 */
export function r3f({ strength, epsilon, noise }: MethodSettings['r3f'], { seed }: RunFacts): Method {
  return { open: () => ({ loss: (part) => agreeing(bottomNoise(seed, part, noise, epsilon), strength) }) };
}
