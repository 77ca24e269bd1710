import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchSpaceOf } from '../space.ts';
import { failed, suggested } from '../testing/logs.ts';
import { samplerContract } from '../testing/sampler-contract.ts';
import { random } from './random.ts';

samplerContract('random', (seed) => random({ seed }));

const space = searchSpaceOf([{ name: 'learningRate', searchSpace: { logUniform: { min: 1e-5, max: 1e-3 } } }]);
const first = { learningRate: 1e-4 };

test('random: each trial has a draw of its own, whatever became of the others', () => {
  const ask = random({ seed: 7 });
  const draws = [[], [suggested(0, first)], [suggested(0, first), failed(0)], [suggested(0, first), suggested(1, first)]].map((log) =>
    ask(space, log),
  );
  assert.deepEqual(draws[2], draws[1]);
  assert.equal(new Set(draws.map((draw) => draw?.assignment.learningRate)).size, 3);
});

test('random: another seed draws otherwise', () => {
  assert.notDeepEqual(random({ seed: 8 })(space, []), random({ seed: 7 })(space, []));
});

test('random: final re-trainings do not move the search on', () => {
  const final = { ...suggested(0, first), purpose: 'final' } as const;
  assert.deepEqual(random({ seed: 7 })(space, [final]), random({ seed: 7 })(space, []));
});
