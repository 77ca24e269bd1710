import type { Dimension, Domain } from '../../dimension.ts';
import { fromUnit, type Place, placeIn } from '../../domain.ts';
import type { Value } from '../../trial.ts';

/** A dimension of the space as the search sees it: a coordinate in [0, 1], a choice without order, or both. */
export interface Coded {
  readonly dimension: Dimension;
  /** Where a value lies on the coordinate; undefined for one that says nothing about it. Absent where there is none. */
  readonly placeOf?: (value: Value) => Place | undefined;
  /** How often random draws take each choice. Absent where there is none. */
  readonly shares?: readonly number[];
  readonly choiceOf: (value: Value) => number;
  /** @param choice - 0 where there is none */
  readonly valueAt: (unit: number, choice: number) => Value;
}

/** Numbers and what rises in order are coordinates, other choices are choices. A layer that may be frozen has both: whether, and its rate. */
export function coded(dimension: Dimension): Coded {
  const { domain } = dimension;
  switch (domain.kind) {
    case 'categorical':
      return { dimension, ...codedChoice(domain.choices) };
    case 'frozenOrRate':
      return { dimension, ...codedLayer(domain) };
    default:
      return {
        dimension,
        placeOf: (value) => placeIn(domain, value),
        choiceOf: () => 0,
        valueAt: (unit) => fromUnit(domain, unit),
      };
  }
}

function codedChoice(choices: readonly Value[]): Omit<Coded, 'dimension'> {
  return {
    shares: choices.map(() => 1 / choices.length),
    choiceOf: (value) => choices.indexOf(value),
    valueAt: (_, choice) => choices[choice]!,
  };
}

function codedLayer(domain: Domain & { readonly kind: 'frozenOrRate' }): Omit<Coded, 'dimension'> {
  const frozen = domain.frozenProbability;
  const scaled = (unit: number): number => (unit - frozen) / (1 - frozen);
  return {
    placeOf: (value) => {
      if (value === 0) return undefined;
      const { low, high } = placeIn(domain, value);
      return { low: scaled(low), high: scaled(high) };
    },
    shares: [frozen, 1 - frozen],
    choiceOf: (value) => (value === 0 ? 0 : 1),
    valueAt: (unit, choice) => (choice === 0 ? 0 : fromUnit(domain, frozen + (1 - frozen) * unit)),
  };
}
