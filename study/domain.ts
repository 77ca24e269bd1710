import type { Domain, Range } from './dimension.ts';
import { normalCdf, normalQuantile } from './normal.ts';
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

/** The units that become a certain value: one number where `low` equals `high`, else from `low` up to `high`. */
export interface Place {
  readonly low: number;
  readonly high: number;
}

/** The way back from `fromUnit`, for a value that the domain holds. */
export function placeIn(domain: Domain, value: Value): Place {
  if ('choices' in domain) return part(domain.choices.indexOf(value), domain.choices.length);
  const number = Number(value);
  switch (domain.kind) {
    case 'int':
      return part(levelIndex(domain, number), levelCount(domain));
    case 'uniform': {
      const { min, max, step } = domain;
      return step === undefined ? within(domain, (number - min) / (max - min)) : part(levelIndex(domain, number), levelCount(domain));
    }
    case 'logUniform':
      return domain.step === undefined ? within(domain, toLogUnit(domain, number)) : roundedPlace(domain, number, domain.step);
    case 'normal':
      return at(normalCdf((number - domain.mean) / domain.standardDeviation));
    case 'logNormal':
      return at(normalCdf(Math.log(number / domain.median) / domain.standardDeviation));
    case 'frozenOrRate': {
      const { frozenProbability: frozen } = domain;
      if (number === 0) return { low: 0, high: frozen };
      const { low, high } = within(domain, toLogUnit(domain, number));
      return { low: frozen + (1 - frozen) * low, high: frozen + (1 - frozen) * high };
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

/** The way back from `fromLogUnit`. */
export const toLogUnit = ({ min, max }: Range, value: number): number => Math.log(value / min) / Math.log(max / min);

/** The numbers that are rounded to this one; the smallest and the largest have a neighbour on one side only. */
function roundedPlace(range: Range, value: number, step: number): Place {
  const index = levelIndex(range, value);
  return {
    low: index === 0 ? 0 : toLogUnit(range, value - step / 2),
    high: index === levelCount(range) - 1 ? 1 : Math.min(1, toLogUnit(range, value + step / 2)),
  };
}

const at = (unit: number): Place => ({ low: unit, high: unit });
const part = (index: number, count: number): Place => ({ low: index / count, high: (index + 1) / count });

/** A range of one value has all the room to itself. */
const within = ({ min, max }: Range, unit: number): Place => (min === max ? { low: 0, high: 1 } : at(clipped(unit, { min: 0, max: 1 })));

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

const levelIndex = (range: Range, value: number): number =>
  Math.min(levelCount(range) - 1, Math.round((value - range.min) / (range.step ?? 1)));

const nearestLevel = (range: Range, value: number): number => levelAt(range, levelIndex(range, value));

function* levels(range: Range): Generator<number> {
  const count = levelCount(range);
  for (let index = 0; index < count; index += 1) yield levelAt(range, index);
}

const isWithin = (value: number, { min, max }: Range): boolean => value >= min && value <= max;
