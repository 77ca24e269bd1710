import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededStream, splitmix64, xoshiro128starstar } from './random.ts';

const draws = <T>(count: number, draw: () => T): readonly T[] => Array.from({ length: count }, draw);

test("xoshiro128** gives its authors' numbers for the state 1, 2, 3, 4", () => {
  const want = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804];
  assert.deepEqual(draws(10, xoshiro128starstar([1, 2, 3, 4])), want);
});

test("splitmix64 gives its author's numbers for the seed 1234567", () => {
  const want = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n, 4593380528125082431n, 16408922859458223821n];
  assert.deepEqual(splitmix64(1234567n, 5), want);
});

test('a stream is fixed by its seed and its number for ever', () => {
  const streams = [seededStream(7, 0), seededStream(7, 1), seededStream(8, 0)];
  assert.deepEqual(
    streams.map((stream) => stream.uniform()),
    [0.887119779821419, 0.9498497243998265, 0.8791098869516172],
  );
});

test('neighbouring streams have nothing in common', () => {
  const firsts = draws(
    1000,
    (() => {
      let stream = 0;
      return () => seededStream(1, stream++).uniform();
    })(),
  );
  const mean = firsts.reduce((sum, value) => sum + value, 0) / firsts.length;
  assert.ok(Math.abs(mean - 0.5) < 0.03, `mean ${mean}: three standard errors are 0.027`);
  assert.equal(new Set(firsts).size, 1000);
});

test('int takes every value below n, each about equally often', () => {
  const stream = seededStream(3, 0);
  const counts = [0, 0, 0, 0, 0];
  for (let draw = 0; draw < 5000; draw += 1) counts[stream.int(5)]! += 1;
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 120, `counts ${counts}: four standard errors are 113`);
});
