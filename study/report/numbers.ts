import type { JsonNumber } from '../trial.ts';

/** Four significant digits; an en dash for what was not measured. */
export function shown(value: JsonNumber | undefined): string {
  if (value === undefined) return '–';
  if (value === null || Number.isNaN(value)) return 'NaN';
  return String(Number(value.toPrecision(4)));
}

export const percent = (share: number): string => `${Math.round(100 * share)} %`;
export const fixed = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2).replace('-', '−'));
export const chance = (p: number | undefined): string => (p === undefined ? '–' : p < 0.001 ? '<0.001' : p.toFixed(3));

export function hours(seconds: number): string {
  return String(Number((seconds / 3600).toPrecision(3)));
}

/** Round numbers within a range, about five of them. */
export function ticks(low: number, high: number): readonly number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
