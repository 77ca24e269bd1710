import type { Layerwise } from './layerwise-schema.ts';

export type LayerwiseField = Exclude<keyof Layerwise, 'scheme'>;

/** What each scheme has to be told, and what it may be told. blocks and modes also have to be told the size of their blocks. */
export const schemeFields = {
  prefix: { required: ['learningRate', 'frozenPrefix'], optional: ['groupFactor'] },
  prefixDecay: { required: ['learningRate', 'frozenPrefix', 'decay'], optional: ['groupFactor'] },
  prefixReinit: { required: ['learningRate', 'frozenPrefix', 'reinit'], optional: [] },
  window: { required: ['learningRate'], optional: ['groupFactor'] },
  blocks: {
    required: ['learningRate'],
    optional: ['blockSize', 'blockSizes', 'frozenPrefix', 'frozenProbability', 'topFrozenProbability', 'monotone', 'groupFactor'],
  },
  curve: { required: ['learningRate'], optional: ['frozenPrefix', 'monotone', 'groupFactor'] },
  perLayer: { required: ['learningRate'], optional: ['frozenPrefix', 'frozenProbability', 'topFrozenProbability', 'monotone', 'groups'] },
  mask: { required: ['learningRate'], optional: ['frozenProbability', 'topFrozenProbability', 'groups'] },
  modes: { required: ['modes'], optional: ['blockSize', 'blockSizes'] },
} as const satisfies Record<
  Layerwise['scheme'],
  { readonly required: readonly LayerwiseField[]; readonly optional: readonly LayerwiseField[] }
>;

/** A layerwise parameter as the rules leave it: what its scheme needs is there. */
export type FieldsOf<Name extends Layerwise['scheme']> = Layerwise &
  Required<Pick<Layerwise, (typeof schemeFields)[Name]['required'][number]>>;
