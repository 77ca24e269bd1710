import type { Layerwise } from '../spec/layerwise-schema.ts';
import { sublayers } from '../trial.ts';
import { always, mixed, type Scheme } from './scheme.ts';

/** The attention keeps the layer's rate. */
const scaled = ['feedForward', 'norm'] as const;
const factorName = (part: (typeof scaled)[number]) => `${part}Factor`;

/** The scheme with other rates for the feed-forward parts and the layer norms of all layers that it trains. The embeddings are left alone. */
export function withGroupFactors(scheme: Scheme, range: NonNullable<Layerwise['groupFactor']>): Scheme {
  const none = Object.fromEntries(scaled.map((part) => [factorName(part), 1]));
  return {
    ...scheme,
    dimensions: [...scheme.dimensions, ...scaled.map((part) => always(factorName(part), { kind: 'logUniform', ...range }))],
    settings: (values) =>
      scheme.settings(values).map((setting, step) => {
        if (setting.mode !== 'full' || step === 0) return setting;
        const factors = { attention: 1, feedForward: values.number(factorName('feedForward')), norm: values.number(factorName('norm')) };
        return mixed(sublayers.map((part) => [part, setting.learningRate * factors[part]]));
      }),
    evenly: (rate) => ({ ...scheme.evenly(rate), ...none }),
    frozen(rate) {
      const values = scheme.frozen(rate);
      return values && { ...values, ...none };
    },
  };
}
