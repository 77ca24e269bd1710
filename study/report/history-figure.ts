import { valueOfLoss } from '../objective.ts';
import type { Objective } from '../trial.ts';
import { type Html, html } from './html.ts';
import { ticks } from './numbers.ts';

const [width, height, left, bottom] = [720, 240, 64, 30];

export interface HistoryPoint {
  readonly trial: number;
  /** Lower is better; the trial's last one. */
  readonly loss: number;
  readonly isTop: boolean;
}

/** The last value of each trial by its number, those trained to the end filled, with the best of these so far. */
export function historyFigure(points: readonly HistoryPoint[], { metric, direction }: Objective): Html {
  const numbers = points.filter(({ loss }) => Number.isFinite(loss));
  const values = numbers.map(({ loss }) => valueOfLoss(loss, direction));
  if (values.length === 0) return html`<p class="quiet">No trial reported a number.</p>`;
  const pad = (Math.max(...values) - Math.min(...values) || Math.abs(values[0]!) || 1) * 0.06;
  const [low, high] = [Math.min(...values) - pad, Math.max(...values) + pad];
  const last = Math.max(1, ...numbers.map(({ trial }) => trial));
  const x = (trial: number): number => left + 8 + (trial / last) * (width - left - 20);
  const y = (value: number): number => 8 + ((high - value) / (high - low)) * (height - bottom - 16);
  const records: { trial: number; value: number }[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (const { trial, loss, isTop } of numbers) {
    if (!isTop || loss >= best) continue;
    best = loss;
    records.push({ trial, value: valueOfLoss(loss, direction) });
  }
  const steps = records.map(({ trial, value }, index) =>
    index === 0 ? `M${x(trial).toFixed(1)} ${y(value).toFixed(1)}` : `H${x(trial).toFixed(1)}V${y(value).toFixed(1)}`,
  );
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Optimisation history">
${ticks(low, high).map(
  (tick) => html`<line x1="${left}" x2="${width}" y1="${y(tick)}" y2="${y(tick)}" stroke="var(--grid)"/>
<text class="dim" x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
)}
${ticks(0, last)
  .filter(Number.isInteger)
  .map((tick) => html`<text class="dim" x="${x(tick)}" y="${height - 10}" text-anchor="middle">${tick}</text>`)}
${records.length > 0 ? html`<path d="${steps.join('')}H${width - 4}" fill="none" stroke="var(--main)" stroke-width="2"/>` : ''}
${numbers.map(({ trial, isTop }, index) =>
  isTop
    ? html`<circle cx="${x(trial).toFixed(1)}" cy="${y(values[index]!).toFixed(1)}" r="4" fill="var(--main)"><title>trial ${trial}</title></circle>`
    : html`<circle cx="${x(trial).toFixed(1)}" cy="${y(values[index]!).toFixed(1)}" r="3" fill="none" stroke="var(--quiet)" opacity="0.7"><title>trial ${trial}</title></circle>`,
)}
</svg><figcaption>${metric} on the selection split by number of trial. Filled: trained to the end; hollow: the last value of a trial that ended earlier.
The line is the best trained to the end so far.</figcaption></figure>`;
}
