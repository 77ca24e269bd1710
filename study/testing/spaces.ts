import fc from 'fast-check';
import type { Dimension, Domain, SearchSpace } from '../dimension.ts';

const real = (low: number, high: number) =>
  fc.tuple(fc.double({ min: low, max: high, noNaN: true }), fc.double({ min: low, max: high, noNaN: true })).map(([a, b]) => ({
    min: Math.min(a, b),
    max: Math.max(a, b),
  }));

const choices = fc.uniqueArray(fc.constantFrom('full', 'bitfit', 'dps', 8, 16, true, false), { minLength: 1, maxLength: 4 });
const categorical: fc.Arbitrary<Domain> = choices.map((values) => ({ kind: 'categorical', choices: values }));
const int: fc.Arbitrary<Domain> = fc
  .tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 6 }))
  .map(([min, span]) => ({ kind: 'int', min, max: min + span }));
const uniform: fc.Arbitrary<Domain> = real(-10, 10).map((range) => ({ kind: 'uniform', ...range }));
const logUniform: fc.Arbitrary<Domain> = real(1e-6, 10).map((range) => ({ kind: 'logUniform', ...range }));
const frozenOrRate: fc.Arbitrary<Domain> = real(1e-6, 1e-2).map((range) => ({ kind: 'frozenOrRate', frozenProbability: 0.4, ...range }));

/** One to four dimensions of any kind, some in use only beside certain values of earlier ones. */
export const anySpace: fc.Arbitrary<SearchSpace> = fc
  .array(fc.tuple(fc.oneof(categorical, int, uniform, logUniform, frozenOrRate), fc.nat({ max: 7 })), { minLength: 1, maxLength: 4 })
  .map(spaceOf);

function spaceOf(drawn: readonly (readonly [Domain, number])[]): SearchSpace {
  const space: Dimension[] = [];
  for (const [domain, pick] of drawn) space.push(dimension(space, domain, pick));
  return space;
}

/** In use beside the first value of the dimension picked, if there is one that has certain values. */
function dimension(space: SearchSpace, domain: Domain, pick: number): Dimension {
  const name = `x${space.length}`;
  const parent = space[pick];
  const value =
    parent?.domain.kind === 'categorical' ? parent.domain.choices[0] : parent?.domain.kind === 'int' ? parent.domain.min : undefined;
  return { name, domain, activeWhen: parent === undefined || value === undefined ? {} : { [parent.name]: value } };
}
