import { clipped, fromLogUnit, toLogUnit } from '../domain.ts';
import type { FieldsOf } from '../spec/layerwise-fields.ts';
import { evenShares, rising } from './rising.ts';
import { always, type Scheme, trainingAt, type Values, withPrefixFrozen } from './scheme.ts';

/** Places on the log scale of rates, 0 for the smallest and 1 for the largest, at the embeddings, half way up, and at the top layer. */
type Points = readonly [bottom: number, middle: number, top: number];
const names = ['bottom', 'middle', 'top'] as const;

/**
 * The logarithm of the rate is a quadratic function of depth, told by three rates and cut off at the ends of the range.
 * With `monotone` the three numbers are places instead: `bottom` and `top` as in `rising`, and `middle` between the
 * flattest and the steepest beginning that a rising parabola can have.
 */
export function curve({ learningRate, frozenPrefix, monotone = false }: FieldsOf<'curve'>, layers: number): Scheme {
  const domain = monotone ? ({ kind: 'uniform', min: 0, max: 1 } as const) : ({ kind: 'logUniform', ...learningRate } as const);
  const pointsOf = (values: Values): Points => {
    const [bottom, middle, top] = names.map((name) => values.number(name)) as unknown as Points;
    return monotone ? risingPoints([bottom, middle, top]) : [toUnit(bottom), toUnit(middle), toUnit(top)];
  };
  const toUnit = (rate: number) => toLogUnit(learningRate, rate);
  const rateAt = (points: Points, depth: number) => fromLogUnit(learningRate, clipped(parabola(points, depth), { min: 0, max: 1 }));
  const even = (prefix: number, rate: number) => {
    const [bottom = rate, top = rate] = monotone ? evenShares(toUnit(rate), 2) : [];
    return { ...(frozenPrefix && { frozenPrefix: prefix }), bottom, middle: monotone ? 0.5 : rate, top };
  };

  return {
    dimensions: [
      ...(frozenPrefix === undefined ? [] : [always('frozenPrefix', { kind: 'int', ...frozenPrefix })]),
      ...names.map((name) => always(name, domain)),
    ],
    settings(values) {
      const points = pointsOf(values);
      const rates = Array.from({ length: layers + 1 }, (_, step) => rateAt(points, step / layers));
      return withPrefixFrozen(frozenPrefix === undefined ? 0 : values.number('frozenPrefix'), rates).map(trainingAt);
    },
    headRate: (values) => rateAt(pointsOf(values), 1),
    evenly: (rate) => even(0, rate),
    frozen: (rate) => (frozenPrefix === undefined ? undefined : even(layers, rate)),
  };
}

/** Through the three points at depth 0, 1/2 and 1 (Lagrange). */
function parabola([bottom, middle, top]: Points, depth: number): number {
  return bottom * (1 - depth) * (1 - 2 * depth) + middle * 4 * depth * (1 - depth) + top * depth * (2 * depth - 1);
}

/** A parabola rises from 0 to 1 if half way up it has risen by a quarter to three quarters of the whole. */
function risingPoints([bottomShare, middleShare, topShare]: Points): Points {
  const [bottom, top] = rising([bottomShare, topShare]) as [number, number];
  return [bottom, bottom + (top - bottom) * (0.25 + middleShare / 2), top];
}
