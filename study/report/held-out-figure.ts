import type { HeldOutScore } from '../held-out.ts';
import { type Html, html } from './html.ts';
import { shown, ticks } from './numbers.ts';

const row = 34;
const left = 150;
const width = 720;

/** Each fresh seed a dot, the mean a line, two standard errors to both sides of it a band. */
export function heldOutFigure(scores: readonly HeldOutScore[], metric: string): Html {
  const ends = scores.flatMap(({ values, mean, deviation = 0 }) => {
    const error = (2 * deviation) / Math.sqrt(values.length);
    return [...values, mean - error, mean + error];
  });
  const pad = (Math.max(...ends) - Math.min(...ends) || Math.abs(ends[0]!) || 1) * 0.06;
  const [low, high] = [Math.min(...ends) - pad, Math.max(...ends) + pad];
  const x = (value: number): number => left + ((value - low) / (high - low)) * (width - left - 70);
  const height = scores.length * row + 26;
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Held-out scores">
${ticks(low, high).map(
  (tick) => html`<line x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="${height - 22}" stroke="var(--grid)"/>
<text class="dim" x="${x(tick)}" y="${height - 8}" text-anchor="middle">${tick}</text>`,
)}
${scores.map(({ name, values, mean, deviation }, index) => {
  const y = index * row + row / 2;
  const error = (2 * (deviation ?? 0)) / Math.sqrt(values.length);
  const color = name === 'best' ? 'var(--main)' : 'var(--quiet)';
  return html`<text x="${left - 12}" y="${y + 4}" text-anchor="end"${name === 'best' ? html` font-weight="600"` : ''}>${name === 'majority' ? 'majority class' : name}</text>
<rect x="${x(mean - error)}" y="${y - 8}" width="${x(mean + error) - x(mean - error)}" height="16" rx="3" fill="${color}" opacity="0.22"/>
<line x1="${x(mean)}" x2="${x(mean)}" y1="${y - 10}" y2="${y + 10}" stroke="${color}" stroke-width="2"/>
${values.map((value) => html`<circle cx="${x(value)}" cy="${y}" r="3" fill="${color}"/>`)}
<text class="dim" x="${width}" y="${y + 4}" text-anchor="end">${shown(mean)}</text>`;
})}
</svg><figcaption>${metric} on data that chose nothing. Dots are fresh seeds, lines their means, bands two standard errors to each side.</figcaption></figure>`;
}
