import type { MethodSettings } from '../../study/methods/methods.ts';
import { agreeing } from './agreement.ts';
import type { Loss, Method, Part, RunFacts } from './method.ts';
import { bottomNoise } from './noise.ts';

/**
 * The predictions of a pass with a little noise at the bottom are drawn to those without, `strength · (KL(p ‖ q) + KL(q ‖ p))`. Source:
 * Aghajanyan et al., ICLR 2021, arXiv:2008.03156, section 3, and fairseq's sentence_prediction_r3f.
 */
export function r3f({ strength, epsilon, noise }: MethodSettings['r3f'], { seed }: RunFacts): Method {
  const loss = (part: Part): Loss => {
    const added = bottomNoise(seed, part, noise, epsilon);
    return (pass) => agreeing(pass, added, strength).total;
  };
  return { open: () => ({ loss }) };
}
