import type { Domain, Range } from './dimension.ts';
import { normalQuantile } from './normal.ts';
import type { Value } from './trial.ts';

/**
 * The value below which a share `unit` of all random draws lie (for choices: in their order). Even numbers in [0, 1) so
 * become draws, whether they come from a random stream or from a sequence that fills the unit cube evenly.
 */
export function fromUnit(domain: Domain, unit: number): Value {
  switch (domain.kind) {
    case 'categorical':
    case 'ordinal':
      return domain.choices[placeOf(unit, domain.choices.length)]!;
    case 'int':
      return levelAt(domain, placeOf(unit, levelCount(domain)));
    case 'uniform': {
      const { min, max, step } = domain;
      return step === undefined ? clipped(min + unit * (max - min), domain) : levelAt(domain, placeOf(unit, levelCount(domain)));
    }
    case 'logUniform':
      return domain.step === undefined ? fromLogUnit(domain, unit) : nearestLevel(domain, fromLogUnit(domain, unit));
    case 'normal':
      return domain.mean + domain.standardDeviation * normalQuantile(open(unit));
    case 'logNormal':
      return domain.median * Math.exp(domain.standardDeviation * normalQuantile(open(unit)));
    case 'frozenOrRate': {
      const { frozenProbability } = domain;
      return unit < frozenProbability ? 0 : fromLogUnit(domain, (unit - frozenProbability) / (1 - frozenProbability));
    }
  }
}

/** Whether the value can be had. */
export function holds(domain: Domain, value: Value): boolean {
  if ('choices' in domain) return domain.choices.includes(value);
  if (typeof value !== 'number') return false;
  switch (domain.kind) {
    case 'normal':
      return Number.isFinite(value);
    case 'logNormal':
      return Number.isFinite(value) && value > 0;
    case 'frozenOrRate':
      return value === 0 || isWithin(value, domain);
    case 'int':
      return isWithin(value, domain) && nearestLevel(domain, value) === value;
    default:
      return isWithin(value, domain) && (domain.step === undefined || nearestLevel(domain, value) === value);
  }
}

/** All values of a domain that has only so many, in order; undefined for a continuous one. Lazy, for there can be billions. */
export function levelsOf(domain: Domain): Iterable<Value> | undefined {
  switch (domain.kind) {
    case 'categorical':
    case 'ordinal':
      return domain.choices;
    case 'int':
      return levels(domain);
    case 'uniform':
    case 'logUniform':
      return domain.step === undefined ? undefined : levels(domain);
    default:
      return undefined;
  }
}

/** The value itself inside the range, else the nearer end. Rounding can carry a draw past an end by one bit. */
export const clipped = (value: number, { min, max }: Range): number => Math.min(max, Math.max(min, value));

/** Evenly spread on a log scale. */
export const fromLogUnit = (range: Range, unit: number): number => clipped(range.min * (range.max / range.min) ** unit, range);

/** Which of n equal parts of [0, 1) a number lies in. */
const placeOf = (unit: number, n: number): number => Math.min(n - 1, Math.floor(unit * n));

/** The ends of [0, 1] stand for infinity; the smallest step of a random stream away from them is near enough. */
const open = (unit: number): number => clipped(unit, { min: 2 ** -54, max: 1 - 2 ** -53 });

/** How many steps fit; the sum allows for ranges such as 0.1 to 0.7 by 0.1, where rounding would lose the last one. */
const levelCount = ({ min, max, step = 1 }: Range): number => Math.floor((max - min) / step + 1e-9) + 1;

/** Twelve digits, so that 0.1 + 2 · 0.1 is 0.3. Whole numbers need no rounding. */
function levelAt(range: Range, index: number): number {
  const value = range.min + index * (range.step ?? 1);
  return Number.isInteger(value) ? value : clipped(Number(value.toPrecision(12)), range);
}

const nearestLevel = (range: Range, value: number): number =>
  levelAt(range, Math.min(levelCount(range) - 1, Math.round((value - range.min) / (range.step ?? 1))));

function* levels(range: Range): Generator<number> {
  const count = levelCount(range);
  for (let index = 0; index < count; index += 1) yield levelAt(range, index);
}

const isWithin = (value: number, { min, max }: Range): boolean => value >= min && value <= max;
