import { renamed } from '../constraint.ts';
import type { Dimension, SearchSpace } from '../dimension.ts';
import { layerwiseName, type ModelShape } from '../layerwise.ts';
import type { FieldsOf } from '../spec/layerwise-fields.ts';
import type { Layerwise } from '../spec/layerwise-schema.ts';
import { curve } from './curve.ts';
import { withGroupFactors } from './group-factors.ts';
import { mask } from './mask.ts';
import { modes } from './modes.ts';
import { prefix, prefixDecay, prefixReinit } from './prefix.ts';
import { blocks, perLayer } from './rates.ts';
import type { Scheme } from './scheme.ts';
import { window } from './window.ts';

const schemes: { readonly [Name in Layerwise['scheme']]: (fields: FieldsOf<Name>, layers: number) => Scheme } = {
  prefix,
  prefixDecay,
  prefixReinit,
  window,
  blocks,
  curve,
  perLayer,
  mask,
  modes,
};

/** @param layerwise - of a checked sweep: what its scheme needs is there */
export function schemeOf(layerwise: Layerwise, { layers }: ModelShape): Scheme {
  const build = schemes[layerwise.scheme] as (fields: Layerwise, layers: number) => Scheme;
  const scheme = build(layerwise, layers);
  return layerwise.groupFactor === undefined ? scheme : withGroupFactors(scheme, layerwise.groupFactor);
}

/** The scheme's dimensions under the names that they have in an assignment. */
export function layerwiseDimensions(parameter: string, scheme: Scheme): SearchSpace {
  const full = (name: string) => layerwiseName.part(parameter, name);
  return scheme.dimensions.map(
    ({ name, layer, constraints, ...rest }): Dimension => ({
      ...rest,
      name: full(name),
      ...(layer && { layer: { ...layer, of: layer.of === '' ? parameter : full(layer.of) } }),
      ...(constraints && { constraints: constraints.map((constraint) => renamed(constraint, full)) }),
    }),
  );
}
