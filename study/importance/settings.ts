/** What importance is asked of: the searched dimensions, and of a layer's two things: whether it is frozen, and its rate. */
import type { Dimension, Domain, SearchSpace } from '../dimension.ts';
import { levelsOf } from '../domain.ts';
import { hasEffect } from '../layerwise.ts';
import type { Assignment, Value } from '../trial.ts';
import { columnOf, positionOf } from './columns.ts';
import type { Group } from './partial-effects.ts';
import type { Column } from './ped-anova.ts';

/** A dimension with the value that took effect in each trial. */
export interface Searched {
  readonly dimension: Dimension;
  readonly values: readonly (Value | undefined)[];
}

export interface Setting {
  readonly dimension: Dimension;
  /** Where a layer may be frozen or have a rate: which of the two is asked about. */
  readonly aspect?: 'frozen' | 'rate';
  /** From 0 to 1, one entry per trial; undefined where the setting has no effect, and everywhere if it has no order. */
  readonly positions: readonly (number | undefined)[];
  readonly column: Column;
  readonly group: Group;
}

/** The dimensions of which more than one value can be had. */
export function searchedDimensions(space: SearchSpace, assignments: readonly Assignment[]): readonly Searched[] {
  return space
    .filter(({ domain }) => canVary(domain))
    .map((dimension) => ({ dimension, values: assignments.map((assignment) => effectiveValue(dimension, assignment)) }));
}

export function settingsOf({ dimension, values }: Searched): readonly Setting[] {
  const { domain } = dimension;
  if (domain.kind !== 'frozenOrRate') return [settingFrom(dimension, domain, values)];
  const choices = [false, true];
  const isFrozen = values.map((value) => (value === undefined ? undefined : value === 0));
  const rates = values.map((value) => (value === 0 ? undefined : value));
  const rate = { ...settingFrom(dimension, { ...domain, kind: 'logUniform' }, rates), aspect: 'rate' } as const;
  return [
    {
      ...settingFrom(dimension, { kind: 'ordinal', choices }, isFrozen),
      column: columnOf({ kind: 'categorical', choices }, isFrozen), // to a density two choices are no scale
      aspect: 'frozen',
    },
    ...(domain.min < domain.max ? [rate] : []),
  ];
}

function settingFrom(dimension: Dimension, domain: Domain, values: readonly (Value | undefined)[]): Setting {
  const column = columnOf(domain, values);
  if (domain.kind === 'categorical') {
    const group = domain.choices.map((choice) => values.map((value) => Number(value === choice)));
    return { dimension, column, group, positions: values.map(() => undefined) };
  }
  const positions = values.map((value) => (value === undefined ? undefined : positionOf(domain, value)));
  const centered = positions.map((position) => (position === undefined ? undefined : position - 0.5));
  // the best rate lies inside its range, so a line alone would miss it; absent values stand where they pull at neither
  const group = [centered.map((x) => x ?? 0), centered.map((x) => (x === undefined ? 0 : x ** 2 - 1 / 12))];
  return { dimension, column, group, positions };
}

/** A layer below the frozen prefix has a value that changes nothing, which counts as none. */
function effectiveValue(dimension: Dimension, assignment: Assignment): Value | undefined {
  return hasEffect(dimension, assignment) ? assignment[dimension.name] : undefined;
}

function canVary(domain: Domain): boolean {
  const levels = levelsOf(domain);
  if (levels === undefined) return !('min' in domain) || domain.min < domain.max || domain.kind === 'frozenOrRate';
  let count = 0;
  for (const _ of levels) if (++count === 2) return true;
  return false;
}
