import { valueAt } from '../../study/methods/by-layer.ts';
import type { MethodSettings } from '../../study/methods/methods.ts';
import { add, multiply, subtract } from '../kernels/arithmetic.ts';
import { upload } from '../kernels/handle.ts';
import type { Method } from './method.ts';

/**
 * Evaluations see weights between the pre-trained and the learnt ones, `w0 + alpha · (w - w0)`; the head is as it was learnt. Source: Wortsman
 * et al., CVPR 2022, arXiv:2109.01903, section 3; an alpha for each layer is ours.
 */
export function wiseft({ alpha }: MethodSettings['wiseft']): Method {
  const shareOf = (layer: string): number => (layer === 'head' ? 1 : valueAt(alpha, layer));
  return {
    open: ({ weight, initial }) => ({
      evaluated(parameter) {
        const [share, now] = [shareOf(parameter.layer), weight(parameter.name)];
        if (share === 1) return now;
        const before = initial(parameter);
        return share === 0 ? before : add(before, multiply(subtract(now, before), upload(Float32Array.of(share), [])));
      },
    }),
  };
}
