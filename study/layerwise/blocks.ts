import { layerName } from '../layerwise.ts';
import type { Layerwise } from '../spec/layerwise-schema.ts';
import { type Sublayer, sublayers } from '../trial.ts';

/** What has a value of its own: a layer, neighbouring layers together, or a part of one layer. */
export interface Block {
  readonly name: string;
  /** Steps of its lowest and its highest layer: 0 is the embeddings, l + 1 is layer l. */
  readonly from: number;
  readonly to: number;
  readonly part?: Sublayer;
}

/** The embeddings belong to the first block. With one size for all, blocks are counted from the top and the first has what is left. */
export function layerBlocks({ blockSize, blockSizes }: Layerwise, layers: number): readonly Block[] {
  const sizes = blockSizes ?? equalSizes(blockSize!, layers); // ! is safe: the rules ask for one of the two
  let to = 0;
  return sizes.map((size, index) => {
    const from = index === 0 ? 0 : to + 1;
    to += size;
    return { name: `block${index}`, from, to };
  });
}

function equalSizes(size: number, layers: number): readonly number[] {
  const count = Math.ceil(layers / size);
  return [layers - (count - 1) * size, ...Array<number>(count - 1).fill(size)];
}

/** Each layer by itself, or each part of each. The embeddings have no parts. */
export function singleLayers({ groups }: Layerwise, layers: number): readonly Block[] {
  return Array.from({ length: layers + 1 }, (_, step) => step).flatMap((step) => {
    const whole = { name: layerName(step), from: step, to: step };
    if (groups !== 'sublayer' || step === 0) return [whole];
    return sublayers.map((part) => ({ ...whole, name: `${whole.name}.${part}`, part }));
  });
}

/** Where a block's dimension stands among those of its kind, for samplers to which neighbours are alike. */
export function placeOf(
  { from, to, part }: Block,
  layers: number,
): { readonly of: string; readonly index: number; readonly count: number } {
  return part === undefined ? { of: '', index: to, count: layers + 1 } : { of: part, index: from - 1, count: layers };
}
