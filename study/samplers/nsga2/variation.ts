/** Children of two configurations, a dimension at a time. */
import type { Dimension, Domain } from '../../dimension.ts';
import { fromUnit, placeIn } from '../../domain.ts';
import type { RandomStream } from '../../random.ts';
import type { Value } from '../../trial.ts';

/** How near children stay to their parents: the larger, the nearer. Deb et al. have 20 for tens of thousands of evaluations; sweeps have hundreds, and there 2 gets further. */
const crossoverIndex = 2;
const mutationIndex = 2;

/**
 * A value of the one parent or the other; for what has an order half the time one between or around them, as far apart
 * as the parents are (simulated binary crossover).
 * @see Deb, Agrawal: Simulated binary crossover for continuous search space, Complex Systems 9, 1995
 */
export function crossed({ domain }: Dimension, one: Value, other: Value, random: RandomStream): Value {
  const [first, second] = random.uniform() < 0.5 ? [one, other] : [other, one];
  if (!isOrdered(domain) || random.uniform() < 0.5) return first;
  const [a, b] = [unitOf(domain, first, random), unitOf(domain, second, random)];
  const u = random.uniform();
  const spread = u < 0.5 ? (2 * u) ** (1 / (crossoverIndex + 1)) : (1 / (2 - 2 * u)) ** (1 / (crossoverIndex + 1));
  return fromUnit(domain, inside(((1 + spread) * a + (1 - spread) * b) / 2));
}

/** A value near another; any value at all where there is no order (polynomial mutation, Deb and Goyal 1996). */
export function mutated({ domain }: Dimension, value: Value, random: RandomStream): Value {
  const u = random.uniform();
  if (!isOrdered(domain)) return fromUnit(domain, u);
  const unit = unitOf(domain, value, random);
  const power = 1 / (mutationIndex + 1);
  const step =
    u < 0.5
      ? (2 * u + (1 - 2 * u) * (1 - unit) ** (mutationIndex + 1)) ** power - 1
      : 1 - (2 - 2 * u + (2 * u - 1) * unit ** (mutationIndex + 1)) ** power;
  return fromUnit(domain, inside(unit + step));
}

const isOrdered = ({ kind }: Domain): boolean => kind !== 'categorical';

/** One of the numbers that stand for the value, so that whole numbers and choices too can move by a little. */
function unitOf(domain: Domain, value: Value, random: RandomStream): number {
  const { low, high } = placeIn(domain, value);
  return low + (high - low) * random.uniform();
}

const inside = (unit: number): number => Math.min(1 - 2 ** -53, Math.max(0, unit));
