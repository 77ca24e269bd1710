import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { layerConfigurationOf } from '../layers.ts';
import { seededStream } from '../random.ts';
import { contains, samplePrior, searchSpaceOf } from '../space.ts';
import type { Layerwise } from '../spec/layerwise-schema.ts';
import type { Parameter } from '../spec/parameter-schema.ts';
import type { Assignment, LayerConfiguration, LayerSetting, SublayerSetting } from '../trial.ts';

const learningRate = { min: 0.0625, max: 1 };
const head: Parameter = { name: 'headLearningRate', searchSpace: { fixed: { value: 2 } } };
const parametersOf = (layerwise: Layerwise): readonly Parameter[] => [{ name: 'layers', searchSpace: { layerwise } }, head];
const configurationOf = (layerwise: Layerwise, values: Assignment, layers: number): LayerConfiguration => {
  const named = Object.fromEntries(Object.entries(values).map(([name, value]) => [`layers.${name}`, value]));
  return layerConfigurationOf(parametersOf(layerwise), { ...named, headLearningRate: 2 }, { layers })!;
};

/** From the bottom: `-` frozen, a rate, `new` for new values, the mode's name if it is another, parts in brackets. */
const cases: readonly { readonly name: string; readonly layerwise: Layerwise; readonly values: Assignment; readonly want: string }[] = [
  {
    name: 'prefixReinit: the top layers and the pooler begin anew',
    layerwise: { scheme: 'prefixReinit', learningRate, frozenPrefix: { min: 0, max: 4 }, reinit: { min: 0, max: 4 } },
    values: { frozenPrefix: 1, learningRate: 0.5, reinit: 2 },
    want: '- - 0.5 new 0.5 new 0.5 | new 2',
  },
  {
    name: 'prefixReinit: none',
    layerwise: { scheme: 'prefixReinit', learningRate, frozenPrefix: { min: 0, max: 4 }, reinit: { min: 0, max: 4 } },
    values: { frozenPrefix: 0, learningRate: 0.5, reinit: 0 },
    want: '0.5 0.5 0.5 0.5 0.5 | 2',
  },
  {
    name: 'window: frozen below and above',
    layerwise: { scheme: 'window', learningRate },
    values: { lowest: 1, highest: 2, learningRate: 0.5 },
    want: '- - 0.5 0.5 - | 2',
  },
  {
    name: 'window: from the bottom, with the embeddings',
    layerwise: { scheme: 'window', learningRate },
    values: { lowest: 0, highest: 0, learningRate: 0.5 },
    want: '0.5 0.5 - - - | 2',
  },
  {
    name: 'blocks: counted from the top, the rest and the embeddings at the bottom',
    layerwise: { scheme: 'blocks', learningRate, blockSize: 3 },
    values: { block0: 0.25, block1: 0.5 },
    want: '0.25 0.25 0.5 0.5 0.5 | 2',
  },
  {
    name: 'blocks: of given sizes, some frozen',
    layerwise: { scheme: 'blocks', learningRate, blockSizes: [1, 2, 1] },
    values: { block0: 0.25, block1: 0, block2: 0.5 },
    want: '0.25 0.25 - - 0.5 | 2',
  },
  {
    name: 'blocks: a prefix can end inside a block',
    layerwise: { scheme: 'blocks', learningRate, blockSize: 2, frozenPrefix: { min: 0, max: 4 } },
    values: { frozenPrefix: 3, block0: 0.25, block1: 0.5 },
    want: '- - - - 0.5 | 2',
  },
  {
    name: 'curve: a straight line',
    layerwise: { scheme: 'curve', learningRate },
    values: { bottom: 0.0625, middle: 0.25, top: 1 },
    want: '0.0625 0.125 0.25 0.5 1 | 2',
  },
  {
    // the logarithm of the rate to base 2 is -16 d^2 + 16 d - 4 at depth d
    name: 'curve: a hill, and a prefix',
    layerwise: { scheme: 'curve', learningRate, frozenPrefix: { min: 0, max: 4 } },
    values: { frozenPrefix: 1, bottom: 0.0625, middle: 1, top: 0.0625 },
    want: '- - 1 0.5 0.0625 | 2',
  },
  {
    name: 'curve: cut off where the range ends',
    layerwise: { scheme: 'curve', learningRate: { min: 0.25, max: 1 } },
    values: { bottom: 0.25, middle: 1, top: 1 },
    want: '0.25 0.5946 1 1 1 | 2',
  },
  {
    // positions: bottom sqrt(.25) sqrt... top = .25^(1/2) = .5, bottom = .5 · .5 = .25, middle half way; rates are 16^(position - 1)
    name: 'curve: rising',
    layerwise: { scheme: 'curve', learningRate, monotone: true },
    values: { bottom: 0.5, middle: 0.5, top: 0.25 },
    want: '0.125 0.1487 0.1768 0.2102 0.25 | 2',
  },
  {
    name: 'perLayer: parts of a layer, one of them frozen; parts that are alike are one',
    layerwise: { scheme: 'perLayer', learningRate, groups: 'sublayer' },
    values: { embeddings: 0, ...parts('0', 0, 0, 0), ...parts('1', 0.5, 0.5, 0.5), ...parts('2', 0.5, 0, 0.25), ...parts('3', 1, 0.5, 1) },
    want: '- - 0.5 (0.5,-,0.25) (1,0.5,1) | 2',
  },
  {
    // positions 1/2, 1/2 · 1/2, … from the top: shares s make s^(1/4), s^(1/3), …
    name: 'perLayer: rising above a prefix, each as near to the next as its share says',
    layerwise: { scheme: 'perLayer', learningRate, monotone: true, frozenPrefix: { min: 0, max: 4 } },
    values: { frozenPrefix: 2, embeddings: 1, '0': 1, '1': 1, '2': 0.5, '3': 0.25 },
    want: '- - - 0.125 0.25 | 2',
  },
  {
    name: 'mask: some learn, all at one rate',
    layerwise: { scheme: 'mask', learningRate },
    values: { embeddings: 0, '0': 1, '1': 0, '2': 1, '3': 1, learningRate: 0.5 },
    want: '- 0.5 - 0.5 0.5 | 2',
  },
  {
    name: 'mask: of parts',
    layerwise: { scheme: 'mask', learningRate, groups: 'sublayer' },
    values: {
      embeddings: 1,
      ...parts('0', 0, 0, 0),
      ...parts('1', 0, 1, 0),
      ...parts('2', 1, 1, 1),
      ...parts('3', 0, 0, 1),
      learningRate: 0.5,
    },
    want: '0.5 - (-,0.5,-) 0.5 (-,-,0.5) | 2',
  },
  {
    name: 'modes: each block its own; the embeddings have nothing that lora could add to',
    layerwise: { scheme: 'modes', blockSizes: [1, 1, 1, 1], modes: { bias: learningRate, lora: learningRate, full: learningRate } },
    values: {
      block0: 'lora',
      block1: 'bias',
      block2: 'frozen',
      block3: 'full',
      'bias.learningRate': 0.5,
      'lora.learningRate': 0.25,
      'full.learningRate': 0.125,
    },
    want: '- lora 0.25 bias 0.5 - 0.125 | 2',
  },
  {
    name: 'group factors: of layers that learn, not of the embeddings',
    layerwise: { scheme: 'prefix', learningRate, frozenPrefix: { min: 0, max: 4 }, groupFactor: { min: 0.1, max: 10 } },
    values: { frozenPrefix: 0, learningRate: 0.5, feedForwardFactor: 2, normFactor: 0.5 },
    want: '0.5 (0.5,1,0.25) (0.5,1,0.25) (0.5,1,0.25) (0.5,1,0.25) | 2',
  },
];
for (const { name, layerwise, values, want } of cases) {
  test(name, () => assert.equal(shown(configurationOf(layerwise, values, 4)), want));
}

function parts(layer: string, attention: number, feedForward: number, norm: number): Assignment {
  return { [`${layer}.attention`]: attention, [`${layer}.feedForward`]: feedForward, [`${layer}.norm`]: norm };
}

function shown(layers: LayerConfiguration): string {
  const texts = layers.map(settingText);
  return `${texts.slice(0, -1).join(' ')} | ${texts.at(-1)}`;
}

function settingText(layer: LayerSetting | SublayerSetting): string {
  switch (layer.mode) {
    case 'frozen':
      return '-';
    case 'mixed':
      return `(${layer.parts.map(settingText).join(',')})`;
    case 'full':
      return `${'reinitialise' in layer ? 'new ' : ''}${Number(layer.learningRate.toPrecision(4))}`;
    default:
      return `${layer.mode} ${layer.learningRate}`;
  }
}

/** Any scheme with any of its options, for a model of so many layers. */
const anyLayerwise = (layers: number): fc.Arbitrary<Layerwise> => {
  const range = fc.tuple(fc.nat({ max: layers }), fc.nat({ max: layers }));
  const frozenPrefix = range.map(([a, b]) => ({ frozenPrefix: { min: Math.min(a, b), max: Math.max(a, b) } }));
  const size = fc.integer({ min: 1, max: layers }).map((blockSize) => ({ blockSize }));
  const share = fc.constant({ frozenProbability: 0.8, topFrozenProbability: 0.2 });
  const factor = fc.constant({ groupFactor: { min: 0.1, max: 10 } });
  const fine = fc.constant({ groups: 'sublayer' } as const);
  const rising = fc.constant({ monotone: true });
  const reinit = fc.constant({ frozenPrefix: { min: 0, max: layers }, reinit: { min: 0, max: layers } });
  const someModes = fc
    .subarray(['bias', 'lora', 'full'], { minLength: 1 })
    .map((modes) => ({ modes: Object.fromEntries(modes.map((mode) => [mode, learningRate])) }));
  return fc.oneof(
    all(fc.constant({ scheme: 'prefix', learningRate }), frozenPrefix, maybe(factor)),
    all(fc.constant({ scheme: 'prefixDecay', learningRate, decay: { min: 0.5, max: 1 } }), frozenPrefix, maybe(factor)),
    all(fc.constant({ scheme: 'prefixReinit', learningRate }), reinit),
    all(fc.constant({ scheme: 'window', learningRate }), maybe(factor)),
    all(fc.constant({ scheme: 'blocks', learningRate }), size, maybe(frozenPrefix), fc.oneof(maybe(share), rising), maybe(factor)),
    all(fc.constant({ scheme: 'curve', learningRate }), maybe(frozenPrefix), maybe(rising), maybe(factor)),
    all(fc.constant({ scheme: 'perLayer', learningRate }), maybe(frozenPrefix), fc.oneof(maybe(share), rising)),
    all(fc.constant({ scheme: 'perLayer', learningRate }), maybe(frozenPrefix), maybe(share), fine),
    all(fc.constant({ scheme: 'mask', learningRate }), maybe(share), maybe(fine)),
    all(fc.constant({ scheme: 'modes' }), size, someModes),
  );
};

const all = (...each: readonly fc.Arbitrary<object>[]): fc.Arbitrary<Layerwise> =>
  fc.tuple(...each).map((fields) => Object.assign({}, ...fields) as Layerwise);
const maybe = (fields: fc.Arbitrary<object>): fc.Arbitrary<object> => fc.oneof(fields, fc.constant({}));

/** A draw, and what it means. */
const anyDraw = fc.integer({ min: 1, max: 12 }).chain((layers) =>
  fc.tuple(anyLayerwise(layers), fc.nat()).map(([layerwise, seed]) => {
    const space = searchSpaceOf(parametersOf(layerwise), { layers });
    const assignment = samplePrior(space, seededStream(seed, 0));
    return { layerwise, layers, space, assignment, configuration: layerConfigurationOf(parametersOf(layerwise), assignment, { layers })! };
  }),
);

const property = (name: string, check: (draw: typeof anyDraw extends fc.Arbitrary<infer T> ? T : never) => void): void => {
  test(`property: ${name}`, () => fc.assert(fc.property(anyDraw, check), { numRuns: 500 }));
};

property('a draw lies in its space', ({ space, assignment }) => {
  assert.ok(contains(space, assignment));
  assert.equal(new Set(space.map(({ name }) => name)).size, space.length);
});

property('every draw is a setting for the embeddings, each layer and the head, in order', ({ layers, configuration }) => {
  const numbers = Array.from({ length: layers }, (_, layer) => String(layer));
  assert.deepEqual(
    configuration.map(({ name }) => name),
    ['embeddings', ...numbers, 'head'],
  );
  for (const layer of configuration) {
    for (const setting of layer.mode === 'mixed' ? layer.parts : [layer]) {
      assert.ok(setting.mode === 'frozen' || ('learningRate' in setting && setting.learningRate > 0 && setting.learningRate < Infinity));
    }
    if (layer.mode === 'mixed')
      assert.deepEqual(
        layer.parts.map(({ name }) => name),
        ['attention', 'feedForward', 'norm'],
      );
  }
  assert.equal(configuration[0]!.mode === 'mixed' || configuration[0]!.mode === 'lora', false);
  assert.equal(configuration.at(-1)!.mode, 'full');
});

property('rates stay in their range, but for decay and factors', ({ layerwise, configuration }) => {
  if (layerwise.decay !== undefined || layerwise.groupFactor !== undefined) return;
  for (const layer of configuration.slice(0, -1)) {
    for (const setting of layer.mode === 'mixed' ? layer.parts : [layer]) {
      if (setting.mode === 'frozen' || !('learningRate' in setting)) continue;
      assert.ok(learningRate.min <= setting.learningRate && setting.learningRate <= learningRate.max, `${setting.learningRate}`);
    }
  }
});

property('with monotone no layer learns faster than one above it', ({ layerwise, configuration }) => {
  if (layerwise.monotone !== true) return;
  const rates = configuration.slice(0, -1).map(attentionRate);
  for (const [step, rate] of rates.entries()) assert.ok(step === 0 || rates[step - 1]! <= rate, rates.join(' '));
});

property('what begins anew is at the top, and learns', ({ configuration, assignment }) => {
  const anew = configuration.flatMap((layer, step) => (layer.mode === 'full' && layer.reinitialise ? [step] : []));
  const reinit = Number(assignment['layers.reinit'] ?? 0);
  const top = configuration.length - 1;
  assert.deepEqual(anew, reinit === 0 ? [] : Array.from({ length: reinit + 1 }, (_, index) => top - reinit + index));
});

property('what the frozen prefix covers is frozen', ({ configuration, assignment }) => {
  const prefix = Number(assignment['layers.frozenPrefix'] ?? 0);
  if (prefix > 0) assert.ok(configuration.slice(0, prefix + 1).every(({ mode }) => mode === 'frozen'));
});

function attentionRate(layer: LayerSetting): number {
  if (layer.mode === 'mixed') return attentionRate({ ...layer.parts[0]! } as LayerSetting);
  return layer.mode === 'frozen' ? 0 : layer.learningRate;
}

test('every rising row is equally likely: the middle one of three rates is the median of three', () => {
  const layerwise: Layerwise = { scheme: 'perLayer', learningRate, monotone: true };
  const space = searchSpaceOf(parametersOf(layerwise), { layers: 2 });
  const places = Array.from({ length: 4000 }, (_, stream) => {
    const assignment = samplePrior(space, seededStream(3, stream));
    const layer = layerConfigurationOf(parametersOf(layerwise), assignment, { layers: 2 })![1]!;
    return 1 + Math.log(attentionRate(layer)) / Math.log(16);
  }).toSorted((a, b) => a - b);
  const gap = Math.max(...places.map((u, index) => Math.abs(3 * u ** 2 - 2 * u ** 3 - (index + 0.5) / places.length))); // Beta(2, 2)
  assert.ok(gap < 1.63 / Math.sqrt(places.length), `gap ${gap}`);
});

test('the lower a layer, the likelier it is frozen, as the two shares say', () => {
  const layerwise: Layerwise = { scheme: 'mask', learningRate, frozenProbability: 0.9, topFrozenProbability: 0.1 };
  const shares = searchSpaceOf(parametersOf(layerwise), { layers: 4 }).flatMap(({ domain }) =>
    domain.kind === 'frozenOrRate' ? [Number(domain.frozenProbability.toFixed(6))] : [],
  );
  assert.deepEqual(shares, [0.9, 0.7, 0.5, 0.3, 0.1]);
});

test('blocks stand where their highest layer does, parts in a row of their own', () => {
  const placesOf = (layerwise: Layerwise) =>
    searchSpaceOf(parametersOf(layerwise), { layers: 4 }).flatMap(({ layer }) =>
      layer ? [`${layer.of} ${layer.index}/${layer.count}`] : [],
    );
  assert.deepEqual(placesOf({ scheme: 'blocks', learningRate, blockSize: 3 }), ['layers 1/5', 'layers 4/5']);
  assert.deepEqual(placesOf({ scheme: 'mask', learningRate, groups: 'sublayer' }).slice(0, 4), [
    'layers 0/5',
    'layers.attention 0/4',
    'layers.feedForward 0/4',
    'layers.norm 0/4',
  ]);
});
