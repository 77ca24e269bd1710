import type { LayerConfiguration, LayerSetting } from './trial.ts';

/** Neighbouring layers that are treated alike, as they are shown to people. */
export interface LayerRow {
  /** `embeddings–3`, `head`. */
  readonly layers: string;
  readonly mode: string;
  /** Empty where nothing learns. */
  readonly learningRate: string;
}

/** Bottom to top. A deep model has few rows, unless its layers really differ. */
export function layerRows(layers: LayerConfiguration): readonly LayerRow[] {
  const rows: { first: string; last: string; mode: string; learningRate: string }[] = [];
  for (const layer of layers) {
    const shown = { mode: modeText(layer), learningRate: rateText(layer) };
    const below = rows.at(-1);
    if (below?.mode === shown.mode && below.learningRate === shown.learningRate && layer.name !== 'head') below.last = layer.name;
    else rows.push({ first: layer.name, last: layer.name, ...shown });
  }
  return rows.map(({ first, last, ...shown }) => ({ layers: first === last ? first : `${first}–${last}`, ...shown }));
}

function modeText(layer: LayerSetting): string {
  return layer.mode === 'full' && layer.reinitialise ? 'full, reinitialised' : layer.mode;
}

function rateText(layer: LayerSetting): string {
  switch (layer.mode) {
    case 'frozen':
      return '';
    case 'mixed':
      return layer.parts.map((part) => `${part.name} ${part.mode === 'frozen' ? 'frozen' : shown(part.learningRate)}`).join(', ');
    default:
      return shown(layer.learningRate);
  }
}

const shown = (rate: number): string => rate.toExponential(2);
