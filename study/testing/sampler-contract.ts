import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SweepEvent } from '../log.ts';
import { keepingConstraints } from '../samplers/keeping-constraints.ts';
import type { Sampler } from '../samplers/sampler.ts';
import { contains } from '../space.ts';
import { anyLog } from './logs.ts';
import { anySpace } from './spaces.ts';

const anySearch = anySpace.chain((space) => fc.tuple(fc.constant(space), anyLog(space), fc.nat({ max: 1000 })));

/** What every sampler promises in a sweep. Its test file calls this; the seed in a failure's message reproduces it. */
export function samplerContract(name: string, bare: (seed: number) => Sampler): void {
  const build = (seed: number) => keepingConstraints(bare(seed), seed);

  test(`${name}: suggests inside the space`, () => {
    fc.assert(
      fc.property(anySearch, ([space, log, seed]) => {
        const suggestion = build(seed)(space, log);
        assert.ok(suggestion === undefined || contains(space, suggestion.assignment), JSON.stringify(suggestion));
        assert.ok((suggestion?.expectedImprovement ?? 0) >= 0, JSON.stringify(suggestion));
      }),
      { numRuns: 200 },
    );
  });

  test(`${name}: answers the same for the same log, in another process too`, () => {
    fc.assert(
      fc.property(anySearch, ([space, log, seed]) => {
        assert.deepEqual(build(seed)(space, JSON.parse(JSON.stringify(log))), build(seed)(space, log));
      }),
      { numRuns: 100 },
    );
  });

  test(`${name}: does not care which trial reported first`, () => {
    fc.assert(
      fc.property(anySearch, ([space, log, seed]) => {
        assert.deepEqual(build(seed)(space, withLastTrialFirst(log)), build(seed)(space, log));
      }),
      { numRuns: 100 },
    );
  });

  test(`${name}: leaves the log as it is`, () => {
    fc.assert(
      fc.property(anySearch, ([space, log, seed]) => {
        const before = structuredClone(log);
        build(seed)(space, log);
        assert.deepEqual(log, before);
      }),
      { numRuns: 100 },
    );
  });
}

/** All suggestions in their order, then what became of the trials, the last trial's first. */
function withLastTrialFirst(log: readonly SweepEvent[]): readonly SweepEvent[] {
  const numberOf = (event: SweepEvent) => ('trial' in event ? event.trial : Number.POSITIVE_INFINITY);
  const suggested = log.filter((event) => event.type === 'suggested');
  const outcomes = log.filter((event) => event.type !== 'suggested').toSorted((a, b) => numberOf(b) - numberOf(a));
  return [...suggested, ...outcomes];
}
