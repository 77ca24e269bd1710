import type { LayerConfiguration, SublayerSetting } from '../trial.ts';
import { type Html, html } from './html.ts';

const row = 22;
const left = 96;
const width = 720;

/** Learning rate of each layer on a log scale, the head at the top as it is in the network; frozen layers are grey. */
export function layersFigure(layers: LayerConfiguration): Html {
  const rates = layers.flatMap((layer) => ('learningRate' in layer ? [Math.log10(layer.learningRate)] : []));
  const low = Math.floor(Math.min(...rates) - 0.01);
  const high = Math.max(low + 1, Math.ceil(Math.max(...rates)));
  const x = (log: number): number => left + ((log - low) / (high - low)) * (width - left - 110);
  const decades = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const height = layers.length * row + 26;
  return html`<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Learning rate of each layer">
${decades.map(
  (log) => html`<line x1="${x(log)}" x2="${x(log)}" y1="0" y2="${height - 22}" stroke="var(--grid)"/>
<text class="dim" x="${x(log)}" y="${height - 8}" text-anchor="middle">1e${log}</text>`,
)}
${layers.toReversed().map((layer, index) => {
  const y = index * row;
  const name = /^\d+$/.test(layer.name) ? `layer ${layer.name}` : layer.name;
  const label = html`<text x="${left - 10}" y="${y + 15}" text-anchor="end">${name}</text>`;
  if (!('learningRate' in layer)) {
    return html`${label}<rect x="${left}" y="${y + 4}" width="${width - left - 110}" height="${row - 8}" rx="3" fill="var(--frozen)" opacity="0.55"/>
<text class="dim" x="${left + 8}" y="${y + 15}">${layer.mode === 'mixed' ? layer.parts.map(partText).join(', ') : 'frozen'}</text>`;
  }
  const end = x(Math.log10(layer.learningRate));
  return html`${label}<rect x="${left}" y="${y + 4}" width="${Math.max(2, end - left)}" height="${row - 8}" rx="3" fill="var(--main)"/>
<text class="dim" x="${Math.max(end, left) + 8}" y="${y + 15}">${layer.learningRate.toExponential(2)}${layer.mode === 'full' ? '' : ` (${layer.mode})`}</text>`;
})}
</svg><figcaption>Learning rate by layer, on a log scale; the head above, the embeddings below.</figcaption></figure>`;
}

const partText = (part: SublayerSetting): string =>
  `${part.name} ${part.mode === 'frozen' ? 'frozen' : part.learningRate.toExponential(2)}`;
