import type { Dimension } from '../dimension.ts';

/** A setting as a person calls it: "layer 9's rate", "freezing the embeddings", "headLearningRate". */
export function labelOf({ name, layer }: Dimension, aspect: 'frozen' | 'rate' | undefined): string {
  const place = layer && /\.(embeddings|block\d+|\d+)(?:\.(\w+))?$/.exec(name);
  if (!place) return name;
  const text = layerText(place[1]!);
  const owner = text.endsWith('s') ? `${text}'` : `${text}'s`;
  const part = place[2] === undefined ? undefined : `${owner} ${place[2].replace('feedForward', 'feed-forward part')}`;
  if (aspect === 'frozen') return `freezing ${part ?? text}`;
  return part === undefined ? `${owner} rate` : `the rate of ${part}`;
}

/** Layers bottom to top, neighbours drawn together: "the embeddings and layers 0–3 and 5". */
export function layersText(names: readonly string[]): string {
  const numbers = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const runs: { from: number; to: number }[] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last.to + 1 === number) last.to = number;
    else runs.push({ from: number, to: number });
  }
  const shown = runs.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`));
  const layers = shown.length === 0 ? [] : [`layer${numbers.length === 1 ? '' : 's'} ${listed(shown)}`];
  return listed([...names.filter((name) => !/^\d+$/.test(name)).map(layerText), ...layers]);
}

const layerText = (name: string): string => (/^\d+$/.test(name) ? `layer ${name}` : name.startsWith('block') ? name : `the ${name}`);
const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
