import { cholesky, solveLower, solveTransposed } from '../../cholesky.ts';
import type { SearchSpace } from '../../dimension.ts';
import type { SweepLog } from '../../log.ts';
import { searchedTrials } from '../searched.ts';
import type { Encoded, Encoder } from './encoder.ts';
import { unitsOf } from './units.ts';

/** Logarithm of what a step of a configuration costs, up to a constant. */
export interface LogCost {
  at(point: Encoded): number;
  /** Its gradient by joint coordinates, the same everywhere. */
  readonly byJoint: Float64Array;
}

/** Keeps weights small while there are few trials. */
const ridge = 0.1;

/**
 * What a step costs, learnt from the trials' reports: a straight line through the logarithms over the joint coordinates. GPU
 * seconds where there are any, else seconds. Cheap steps, such as those of trials with many frozen layers, so count for more.
 */
export function logCostFrom(space: SearchSpace, encoder: Encoder, log: SweepLog): LogCost {
  const features = ({ joint }: Encoded): Float64Array => Float64Array.of(1, ...joint);
  const spent = spentPerStep(log);
  const rows = searchedTrials(log).flatMap(({ trial, assignment }) => {
    const units = unitsOf(space, assignment);
    const cost = spent.get(trial);
    return units === undefined || cost === undefined ? [] : [{ x: features(encoder.encode(units)), y: Math.log(cost) }];
  });
  const size = 1 + encoder.scaleOf.length;
  const squares = new Float64Array(size * size);
  const products = new Float64Array(size);
  for (let i = 0; i < size; i += 1) {
    squares[i * size + i] = i === 0 ? 1e-9 : ridge; // the constant is free
    for (const { x, y } of rows) {
      products[i]! += x[i]! * y;
      for (let k = 0; k <= i; k += 1) squares[i * size + k]! += x[i]! * x[k]!;
    }
  }
  const factor = cholesky(squares, size)!; // ! is safe: the diagonal is positive
  const weights = solveTransposed(factor, solveLower(factor, products));
  return { at: (point) => features(point).reduce((sum, value, i) => sum + value * weights[i]!, 0), byJoint: weights.subarray(1) };
}

/** By trial. Costs of a trial's reports add up, each counted from the one before. */
function spentPerStep(log: SweepLog): ReadonlyMap<number, number> {
  const reports = Map.groupBy(
    log.filter((event) => event.type === 'reported'),
    ({ trial }) => trial,
  );
  return new Map(
    [...reports].flatMap(([trial, of]) => {
      const gpuSeconds = of.reduce((sum, { cost }) => sum + cost.gpuSeconds, 0);
      const seconds = of.reduce((sum, { cost }) => sum + cost.seconds, 0);
      const perStep = (gpuSeconds > 0 ? gpuSeconds : seconds) / Math.max(...of.map(({ step }) => step));
      return perStep > 0 ? [[trial, perStep] as const] : [];
    }),
  );
}
