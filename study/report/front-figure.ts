import type { Objective } from '../trial.ts';
import { type Html, html } from './html.ts';
import { ticks } from './numbers.ts';

const [width, height, left, bottom] = [720, 300, 64, 46];

export interface FrontPoint {
  readonly trial: number;
  /** Of each objective; the first two are shown. All are numbers. */
  readonly values: readonly number[];
  readonly isInFront: boolean;
}

/** Trials of one rung by the first two objectives; those of the front are filled. */
export function frontFigure(points: readonly FrontPoint[], [first, second]: readonly Objective[]): Html {
  const x = scaleOf(
    points.map(({ values }) => values[0]!),
    left + 8,
    width - 12,
  );
  const y = scaleOf(
    points.map(({ values }) => values[1]!),
    height - bottom,
    8,
  );
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Pareto front">
${y.ticks.map(
  (tick) => html`<line x1="${left}" x2="${width}" y1="${y.at(tick)}" y2="${y.at(tick)}" stroke="var(--grid)"/>
<text class="dim" x="${left - 8}" y="${y.at(tick)}" dy="4" text-anchor="end">${tick}</text>`,
)}
${x.ticks.map(
  (tick) => html`<line x1="${x.at(tick)}" x2="${x.at(tick)}" y1="8" y2="${height - bottom}" stroke="var(--grid)"/>
<text class="dim" x="${x.at(tick)}" y="${height - 26}" text-anchor="middle">${tick}</text>`,
)}
<text class="dim" x="${width - 12}" y="${height - 6}" text-anchor="end">${first!.metric}, ${wish(first!)}</text>
<text class="dim" transform="translate(12 8) rotate(-90)" text-anchor="end">${second!.metric}, ${wish(second!)}</text>
${points
  .toSorted((a, b) => Number(a.isInFront) - Number(b.isInFront))
  .map(({ trial, values, isInFront }) =>
    isInFront
      ? html`<circle cx="${x.at(values[0]!)}" cy="${y.at(values[1]!)}" r="4.5" fill="var(--main)"><title>trial ${trial}</title></circle>`
      : html`<circle cx="${x.at(values[0]!)}" cy="${y.at(values[1]!)}" r="3" fill="none" stroke="var(--quiet)" opacity="0.7"><title>trial ${trial}</title></circle>`,
  )}
</svg><figcaption>Filled: no trial is better in everything. Hollow: the others that came as far.</figcaption></figure>`;
}

const wish = ({ direction }: Objective): string => (direction === 'maximize' ? 'higher is better' : 'lower is better');

/** From values to pixels, with some room at both ends. */
function scaleOf(
  values: readonly number[],
  from: number,
  to: number,
): { readonly at: (value: number) => string; readonly ticks: readonly number[] } {
  const pad = (Math.max(...values) - Math.min(...values) || Math.abs(values[0]!) || 1) * 0.06;
  const [low, high] = [Math.min(...values) - pad, Math.max(...values) + pad];
  return { at: (value) => (from + ((value - low) / (high - low)) * (to - from)).toFixed(1), ticks: ticks(low, high) };
}
