import type { Domain } from '../dimension.ts';
import { levelsOf, placeIn } from '../domain.ts';
import type { Value } from '../trial.ts';
import type { Column } from './ped-anova.ts';

/** Cells of a continuous range, and the most that whole numbers are told apart in. */
const gridSize = 50;

/** Values, one per trial, on the grid that PED-ANOVA compares densities on. */
export function columnOf(domain: Domain, values: readonly (Value | undefined)[]): Column {
  const levels = levelsUpTo(gridSize, domain);
  const cellOf = (value: Value): number => levels?.indexOf(value) ?? cellAt(positionOf(domain, value));
  return {
    cells: values.map((value) => (value === undefined ? undefined : cellOf(value))),
    count: levels?.length ?? gridSize,
    isOrdered: domain.kind !== 'categorical',
  };
}

/** All values of a domain that has no more than so many. */
function levelsUpTo(most: number, domain: Domain): readonly Value[] | undefined {
  const levels: Value[] = [];
  for (const level of levelsOf(domain) ?? []) {
    if (levels.length === most) return undefined;
    levels.push(level);
  }
  return levels.length === 0 ? undefined : levels;
}

/** From 0 to 1, on the scale on which values are drawn evenly. */
export function positionOf(domain: Domain, value: Value): number {
  const { low, high } = placeIn(domain, value);
  return (low + high) / 2;
}

/** The nearest of the evenly spaced cells, the first at 0 and the last at 1; halfway the lower one. */
const cellAt = (position: number): number => Math.max(0, Math.ceil(position * (gridSize - 1) - 0.5));
