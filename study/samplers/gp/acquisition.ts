import type { Domain, SearchSpace } from '../../dimension.ts';
import { levelsOf } from '../../domain.ts';
import { standardNormal } from '../../normal.ts';
import type { RandomStream } from '../../random.ts';
import { rough, smooth, smoothOverDepth } from './depth-smooth.ts';
import { minimize, type Slope } from './minimize.ts';
import { isContinuous, lastUnit, type Units } from './units.ts';

/** What is to be as large as can be. */
export interface Acquisition {
  /** -Infinity where the space ends: at a point that breaks a constraint. */
  valueAt(units: Units): number;
  /** Of the negative, where the space does not end. */
  slopeAt(units: Units): Slope;
}

/** Points at which the search for the best begins, and how far it goes from there. */
const draws = 100;
const variations = 100;
const climbs = 3;
const climbSteps = 15;

/**
 * The points where an acquisition is large, the best first: those of many draws from the whole space and around good trials
 * that look best, each climbed from by its gradient where the space is continuous and by single moves where it is not.
 * @param good - trials to look around, at least one
 */
export function promisingPoints(
  space: SearchSpace,
  acquisition: Acquisition,
  good: readonly Units[],
  random: RandomStream,
): readonly Units[] {
  const drawn = Array.from({ length: draws }, () => drawnFrom(space, random));
  const varied = Array.from({ length: variations }, () => variationOf(space, good[random.int(good.length)]!, random));
  const ranked = [...drawn, ...varied, ...good.slice(0, 2)]
    .map((units): Valued => ({ units, value: acquisition.valueAt(units) }))
    .sort(byValue);
  const starts = Array.from({ length: climbs }, (_, index) => ranked[index * 3]!); // neighbours in rank are often neighbours
  const climbed = starts.map((start) => climbedFrom(space, acquisition, start));
  return [...climbed, ...ranked].sort(byValue).map(({ units }) => units);
}

interface Valued {
  readonly units: Units;
  readonly value: number;
}

const byValue = (a: Valued, b: Valued): number => b.value - a.value || 0; // equal infinities differ by NaN

/** Mostly profiles that are smooth over depth. */
function drawnFrom(space: SearchSpace, random: RandomStream): Units {
  const evenly = space.map(() => random.uniform());
  return smoothOverDepth(space, evenly, random.uniform() < 0.7 ? smooth : rough);
}

/** A step away from a point, long or short, in few dimensions or in all. */
function variationOf(space: SearchSpace, units: Units, random: RandomStream): Units {
  const size = 10 ** (-2.5 + 2 * random.uniform());
  const share = [2 / space.length, 0.4, 1][random.int(3)]!;
  return units.map((unit, place) => {
    if (random.uniform() >= share) return unit;
    const { domain } = space[place]!;
    if (isContinuous(domain)) return inRange(unit + size * standardNormal(random));
    const moves = movesFrom(domain, unit);
    return random.uniform() < 0.5 && moves.length > 0 ? moves[random.int(moves.length)]! : unit;
  });
}

function climbedFrom(space: SearchSpace, acquisition: Acquisition, start: Valued): Valued {
  const up = uphill(space, acquisition, start);
  const moved = withBestMoves(space, acquisition, up);
  return moved === up ? up : uphill(space, acquisition, moved);
}

function uphill(space: SearchSpace, acquisition: Acquisition, start: Valued): Valued {
  const bounds = {
    lower: start.units.map((unit, place) => rangeAround(space[place]!.domain, unit)[0]),
    upper: start.units.map((unit, place) => rangeAround(space[place]!.domain, unit)[1]),
  };
  const units = minimize(acquisition.slopeAt, start.units, bounds, climbSteps).x;
  const value = acquisition.valueAt(units);
  return value > start.value ? { units, value } : start;
}

/** Units that can be reached from one without a jump. */
function rangeAround(domain: Domain, unit: number): readonly [low: number, high: number] {
  if (!isContinuous(domain)) return [unit, unit];
  if (domain.kind !== 'frozenOrRate') return [0, lastUnit];
  return unit < domain.frozenProbability ? [unit, unit] : [domain.frozenProbability, lastUnit];
}

/** One dimension after the other, each to the best of its moves. */
function withBestMoves(space: SearchSpace, acquisition: Acquisition, start: Valued): Valued {
  let here = start;
  for (const [place, { domain }] of space.entries()) {
    for (const unit of movesFrom(domain, here.units[place]!)) {
      const units = here.units.with(place, unit);
      const value = acquisition.valueAt(units);
      if (value > here.value) here = { units, value };
    }
  }
  return here;
}

/** Of a categorical so many choices are tried, of a range so many levels are counted. */
const mostChoices = 20;
const mostLevels = 1000;

/** Other units worth a try where a dimension jumps: the nearest levels, another choice, frozen or some rate. */
function movesFrom(domain: Domain, unit: number): readonly number[] {
  if (domain.kind === 'frozenOrRate') {
    const frozen = domain.frozenProbability;
    return unit < frozen ? [0.25, 0.5, 0.75].map((share) => frozen + (1 - frozen) * share) : frozen > 0 ? [frozen / 2] : [];
  }
  if (domain.kind === 'categorical') {
    const count = Math.min(mostChoices, domain.choices.length);
    return Array.from({ length: count }, (_, choice) => (choice + 0.5) / domain.choices.length);
  }
  if (isContinuous(domain)) return [];
  const count = [...Iterator.from(levelsOf(domain) ?? []).take(mostLevels)].length;
  return [-2, -1, 1, 2].map((levels) => unit + levels / count).filter((moved) => moved >= 0 && moved < 1);
}

const inRange = (unit: number): number => Math.min(lastUnit, Math.max(0, unit));
