import fc from 'fast-check';
import type { Dimension, Domain, SearchSpace } from '../dimension.ts';
import { fromUnit } from '../domain.ts';
import type { Value } from '../trial.ts';

const real = (low: number, high: number) =>
  fc.tuple(fc.double({ min: low, max: high, noNaN: true }), fc.double({ min: low, max: high, noNaN: true })).map(([a, b]) => ({
    min: Math.min(a, b),
    max: Math.max(a, b),
  }));

const choices = fc.uniqueArray(fc.constantFrom('full', 'bitfit', 'dps', 8, 16, true, false), { minLength: 1, maxLength: 4 });
const listed: fc.Arbitrary<Domain> = fc
  .tuple(fc.constantFrom('categorical', 'ordinal'), choices)
  .map(([kind, values]) => ({ kind, choices: values }));
const int: fc.Arbitrary<Domain> = fc
  .tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 6 }), fc.constantFrom({}, { step: 2 }))
  .map(([min, span, step]) => ({ kind: 'int', min, max: min + span, ...step }));
const step = fc.constantFrom({}, { step: 0.3 });
const uniform: fc.Arbitrary<Domain> = fc.tuple(real(-10, 10), step).map(([range, by]) => ({ kind: 'uniform', ...range, ...by }));
const logUniform: fc.Arbitrary<Domain> = fc.tuple(real(1e-6, 10), step).map(([range, by]) => ({ kind: 'logUniform', ...range, ...by }));
const normal: fc.Arbitrary<Domain> = fc
  .double({ min: -10, max: 10, noNaN: true })
  .map((mean) => ({ kind: 'normal', mean, standardDeviation: 2 }));
const logNormal: fc.Arbitrary<Domain> = fc
  .double({ min: 1e-6, max: 10, noNaN: true })
  .map((median) => ({ kind: 'logNormal', median, standardDeviation: 1 }));
const frozenOrRate: fc.Arbitrary<Domain> = real(1e-6, 1e-2).map((range) => ({ kind: 'frozenOrRate', frozenProbability: 0.4, ...range }));
const anyDomain = fc.oneof(listed, int, uniform, logUniform, normal, logNormal, frozenOrRate);

/** One to four dimensions of any kind, some in use only beside certain values of earlier ones, at times with a constraint. */
export const anySpace: fc.Arbitrary<SearchSpace> = fc
  .tuple(fc.array(fc.tuple(anyDomain, fc.nat({ max: 7 })), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([drawn, isConstrained]) => {
    const space: Dimension[] = [];
    for (const [domain, pick] of drawn) space.push(dimension(space, domain, pick));
    return isConstrained ? constrained(space) : space;
  });

/** The numbers together stay below a sum that at least half of all draws of two of them keep. */
function constrained(space: SearchSpace): SearchSpace {
  const [first, second] = space.filter(({ domain }) => !('choices' in domain));
  if (first === undefined || second === undefined) return space;
  const max = [first, second].reduce((sum, { domain }) => sum + Number(fromUnit(domain, 0.75)), 0);
  const limit = { kind: 'linear', terms: { [first.name]: 1, [second.name]: 1 }, max } as const;
  return space.map((each) => (each === second ? { ...each, constraints: [limit] } : each));
}

/** In use beside the first value of the dimension picked, if there is one that has certain values. */
function dimension(space: SearchSpace, domain: Domain, pick: number): Dimension {
  const name = `x${space.length}`;
  const parent = space[pick];
  const value = parent && firstOf(parent.domain);
  return { name, domain, activeWhen: parent === undefined || value === undefined ? {} : { [parent.name]: value } };
}

function firstOf(domain: Domain): Value | undefined {
  if (domain.kind === 'int') return domain.min;
  return domain.kind === 'categorical' || domain.kind === 'ordinal' ? domain.choices[0] : undefined;
}
