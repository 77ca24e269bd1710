import { add, multiply, reshape, subtract } from './arithmetic.ts';
import { defineKernel } from './kernel.ts';
import { constant } from './operation.ts';

export interface MixedSettings {
  /** The weight's, with matrices that lie side by side told apart; the mask broadcasts to it. */
  readonly shape: readonly number[];
  /** Share of zeros in the mask. */
  readonly rate: number;
  /** Whether a zero of the mask stops the gradient too. */
  readonly back: 'masked' | 'whole';
}

/** `(m·weight + (1 - m)·other - rate·other) / (1 - rate)`, which is `other + m·(weight - other) / (1 - rate)`. */
export const mixed = defineKernel<'weight' | 'other' | 'mask', MixedSettings>({
  name: 'Mixed',
  saved: ['mask'],
  kept: 0,
  forward: ({ weight, other, mask }, { shape, rate }) => {
    const away = multiply(reshape(subtract(weight, other), ...shape), multiply(mask, constant(1 / (1 - rate))));
    return [add(other, reshape(away, ...other.shape))];
  },
  gradient: (dy, { mask }, _kept, { shape, back }) => ({
    weight: () => (back === 'whole' ? dy : reshape(multiply(reshape(dy, ...shape), mask), ...dy.shape)),
  }),
});
