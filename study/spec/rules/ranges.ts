import type { Range } from '../../dimension.ts';
import { mustBe, type Problem } from '../problem.ts';

export function openRange(path: string, range: Range | undefined): readonly Problem[] {
  if (range === undefined) return [];
  const { min, max, step } = range;
  if (min >= max) return [mustBe(`${path}.max`, `> min, which is ${min}${min === max ? ' (for a fixed value: fixed)' : ''}`, max)];
  return step === undefined || step <= max - min ? [] : [mustBe(`${path}.step`, `<= max - min, which is ${max - min}`, step)];
}

/** Layerwise ranges may hold one value: there is no other way to hold a number of layers or a decay still. */
export function closedRange(path: string, range: Range | undefined): readonly Problem[] {
  return range === undefined || range.min <= range.max ? [] : [mustBe(`${path}.max`, `>= min, which is ${range.min}`, range.max)];
}
