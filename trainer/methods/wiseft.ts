import { valueAt } from '../../study/methods/by-layer.ts';
import type { MethodSettings } from '../../study/methods/methods.ts';
import { between } from '../kernels/arithmetic.ts';
import { upload } from '../kernels/handle.ts';
import type { Method } from './method.ts';

/**
 * Evaluations see weights between the pre-trained and the learnt ones, `w0 + alpha · (w - w0)`; the head is as it was learnt. Source: Wortsman
 * et al., CVPR 2022, arXiv:2109.01903, section 3; an alpha for each layer is ours.
 */
export function wiseft({ alpha, grid }: MethodSettings['wiseft']): Method {
  return {
    open({ weight, initial }) {
      let now = alpha;
      return {
        evaluated(parameter) {
          const share = parameter.layer === 'head' ? 1 : valueAt(now, parameter.layer);
          const learnt = weight(parameter.name);
          if (share === 1) return learnt;
          const before = initial(parameter);
          return share === 0 ? before : between(before, learnt, upload(Float32Array.of(share), []));
        },
        ...(grid > 0 && {
          choices: {
            metric: 'wiseft/alpha',
            values: Array.from({ length: grid + 1 }, (_, step) => step / grid),
            choose(value) {
              now = typeof alpha === 'number' ? value : { ...alpha, others: value };
            },
          },
        }),
      };
    },
  };
}
