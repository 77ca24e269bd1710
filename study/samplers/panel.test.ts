import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchSpaceOf } from '../space.ts';
import { suggested } from '../testing/logs.ts';
import { isPanelTurn, withPanel } from './panel.ts';
import { random } from './random.ts';

const cases = [
  { name: 'the first ones, then every fifth', startupTrials: 2, randomShare: 0.2, want: [0, 1, 6, 11] },
  { name: 'two of five', startupTrials: 0, randomShare: 0.4, want: [2, 4, 7, 9] },
  { name: 'none but the first', startupTrials: 1, randomShare: 0, want: [0] },
  { name: 'all', startupTrials: 0, randomShare: 1, want: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11] },
];
for (const { name, want, ...settings } of cases) {
  test(`panel: ${name}`, () => {
    assert.deepEqual(
      Array.from({ length: 12 }, (_, count) => count).filter((count) => isPanelTurn(settings, logOf(count))),
      want,
    );
  });
}

test('panel: baselines do not count', () => {
  const baseline = { ...suggested(0, {}), origin: { by: 'enqueued', name: 'headOnly' } } as const;
  assert.ok(isPanelTurn({ startupTrials: 1, randomShare: 0 }, [baseline]));
});

test('panel: its trials are those of random search, the others the sampler’s', () => {
  const space = searchSpaceOf([{ name: 'x', searchSpace: { uniform: { min: 0, max: 1 } } }]);
  const learnt = { assignment: { x: 2 } };
  const ask = withPanel(() => learnt, { seed: 3, startupTrials: 1, randomShare: 0.5 });
  const blind = random({ seed: 3 });
  assert.deepEqual(
    [0, 1, 2].map((count) => ask(space, logOf(count))),
    [blind(space, logOf(0)), learnt, blind(space, logOf(2))],
  );
  assert.equal(blind(space, [])?.panel, true);
});

const logOf = (count: number) => Array.from({ length: count }, (_, trial) => suggested(trial, {}));
