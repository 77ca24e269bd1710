import type { Layerwise } from './layerwise-schema.ts';
import type { schemeFields } from './scheme-fields.ts';

export type LayerwiseField = Exclude<keyof Layerwise, 'scheme'>;

/** A layerwise parameter as the rules leave it: what its scheme needs is there. */
export type FieldsOf<Name extends Layerwise['scheme']> = Layerwise &
  Required<Pick<Layerwise, (typeof schemeFields)[Name]['required'][number]>>;
