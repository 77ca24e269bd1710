import type { Importance } from '../importance/importance.ts';
import { type Html, html } from './html.ts';
import { percent, ticks } from './numbers.ts';

const row = 24;
const left = 210;
const width = 720;
/** The others are in the table. */
const most = 12;

/** Shares of the strongest settings with their intervals; what may be chance is pale. */
export function importanceFigure({ settings }: Importance): Html {
  const drawn = settings.slice(0, most);
  const high = Math.max(0.1, ...drawn.map(({ interval }) => interval[1]));
  const x = (share: number): number => left + (share / high) * (width - left - 60);
  const height = drawn.length * row + 26;
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Importance of settings">
${ticks(0, high).map(
  (tick) => html`<line x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="${height - 22}" stroke="var(--grid)"/>
<text class="dim" x="${x(tick)}" y="${height - 8}" text-anchor="middle">${percent(tick)}</text>`,
)}
${drawn.map(({ label, share, interval: [from, to], p }, index) => {
  const y = index * row;
  const color = p <= 0.05 ? 'var(--main)' : 'var(--soft)';
  return html`<text x="${left - 10}" y="${y + 16}" text-anchor="end">${label}</text>
<rect x="${left}" y="${y + 5}" width="${Math.max(1, x(share) - left)}" height="${row - 10}" rx="3" fill="${color}"/>
<line x1="${x(from)}" x2="${x(to)}" y1="${y + 12}" y2="${y + 12}" stroke="var(--ink)" stroke-width="1.3"/>
${[from, to].map((end) => html`<line x1="${x(end)}" x2="${x(end)}" y1="${y + 8}" y2="${y + 16}" stroke="var(--ink)" stroke-width="1.3"/>`)}
<text class="dim" x="${x(Math.max(share, to)) + 8}" y="${y + 16}">${percent(share)}</text>`;
})}
</svg><figcaption>Share of the differences between trials that each setting explains beside the others, with 95 % intervals. Pale bars may be chance
(p above 0.05 after adjustment for the number of settings).</figcaption></figure>`;
}
