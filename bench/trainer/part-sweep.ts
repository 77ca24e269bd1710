import path from 'node:path';
import { below } from '../gates.ts';
import type { Part } from './part.ts';
import { trainOurs } from './training.ts';

/** Trials of one sweep, of every depth of frozen prefix in turn, one after the other: with and without what they share. */
export const sweepPart: Part = async (setting) => {
  const trials = setting.quick ? 8 : 32;
  const minutes = { shared: 0, alone: 0 };
  for (let trial = 0; trial < trials; trial += 1) {
    const recipe = { frozen: trial % 8, steps: 60, batchSize: 16, maxLength: 64, learningRate: 1e-4, headLearningRate: 1e-3 };
    const how = { seed: trial, prefixFolder: path.join(setting.scratch, 'prefix-of-sweep') };
    minutes.shared += trainOurs(setting, recipe, { ...how, prefixCache: 'float32' }).totalMs / 60_000;
    minutes.alone += trainOurs(setting, recipe, { ...how, prefixCache: 'off' }).totalMs / 60_000;
  }
  return {
    gates: [below(`${trials} trials with a shared cache: share of the time without`, minutes.shared / minutes.alone, 1)],
    details: { trials, minutes },
  };
};
