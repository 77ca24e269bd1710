import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syntheticFunctions, twoObjectiveFunctions } from './functions.ts';

/** Where each function is least, and its regret at some other point, worked out in Python. */
const known: Readonly<Record<string, { readonly least: readonly number[]; readonly at: readonly number[]; readonly regret: number }>> = {
  branin: { least: [-Math.PI, 12.275], at: [1, 2], regret: 21.229748034332644 },
  hartmann6: {
    least: [0.20168952, 0.15001069, 0.47687398, 0.27533243, 0.31165162, 0.65730053],
    at: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
    regret: 1.9154574352769802,
  },
  rosenbrock5: { least: [1, 1, 1, 1, 1], at: [1, 2, 3, 4, 5], regret: 14814 },
  ackley10: { least: Array(10).fill(0), at: [...Array(9).fill(1.5), -3], regret: 8.062736427909817 },
  rastrigin10: { least: Array(10).fill(0), at: [...Array(9).fill(0.5), 2.25], regret: 197.3125 },
};
for (const { name, box, regret } of syntheticFunctions) {
  test(`${name}: its regret is 0 where it is least, and right elsewhere`, () => {
    const { least, at, regret: want } = known[name]!;
    assert.deepEqual([least.length, at.length], [box.length, box.length]);
    assert.ok(Math.abs(regret(least)) < 1e-9, `${regret(least)}`);
    assert.ok(Math.abs(regret(at) - want) < 1e-9, `${regret(at)}`);
  });
}

const worked = { zdt1: 5 - Math.sqrt(1.25), zdt2: 5 - 0.0125, zdt3: 5 - Math.sqrt(1.25) - 0.25 * Math.sin(2.5 * Math.PI) };
for (const { name, objectives } of twoObjectiveFunctions) {
  test(`${name}: by hand where g is 5, and on its front`, () => {
    const [first, second] = objectives([0.25, ...Array(29).fill(4 / 9)]);
    assert.equal(first, 0.25);
    assert.ok(Math.abs(second - worked[name as keyof typeof worked]) < 1e-9, `${second}`);
    assert.deepEqual(objectives([0, ...Array(29).fill(0)]), [0, 1]);
  });
}
