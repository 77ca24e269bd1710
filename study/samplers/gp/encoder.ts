import type { Domain, SearchSpace } from '../../dimension.ts';
import { type LayerFeatures, layerFeaturesOf } from './layer-features.ts';
import { effectOf, isContinuous, settled, type Units } from './units.ts';

/** A configuration as the kernel sees it. */
export interface Encoded {
  /** Coordinates in which everything may depend on everything. */
  readonly joint: Float64Array;
  /** Features of each layer's own effect, `featureCount` per layer; all 0 where the layer is frozen or out of use. */
  readonly layers: Float64Array;
}

/** The layers of one layerwise parameter, bottom to top: places `start` … `start + count - 1` among all layers. */
interface LayerGroup {
  readonly start: number;
  readonly count: number;
}

/** How a search space becomes numbers. */
export interface Encoder {
  /** Of each joint coordinate, which length scale it has: those of one categorical dimension share theirs. */
  readonly scaleOf: readonly number[];
  readonly scaleCount: number;
  readonly groups: readonly LayerGroup[];
  readonly layerCount: number;
  readonly featureCount: number;
  /** Prior variance of the weight of each feature of each layer. */
  readonly featureVariances: Float64Array;
  encode(units: Units): Encoded;
  /** The gradient by units of a function whose gradient by encoding is given; 0 where the encoding does not change smoothly. */
  pullBack(units: Units, byJoint: Float64Array, byLayers: Float64Array): Units;
}

/** Cosine modes over depth that are also joint coordinates: the level of the profile, its slope, its bend. */
const depthModes = 3;

/**
 * Settings of layers are seen twice: each by itself, through its features, and all together, through the lowest cosine modes
 * of their profile over depth. Every other dimension is a joint coordinate, or one per choice; out of use, it stands still.
 */
export function encoderOf(space: SearchSpace): Encoder {
  const effects = effectOf(space);
  const layers = layersOf(space);
  const featureCount = Math.max(0, ...layers.map(({ features }) => features.size));
  const plain = space.flatMap(({ domain, layer }, place) => (layer === undefined ? plainCoordinates(domain, place) : []));
  const groups = [...Map.groupBy(layers.keys(), (layer) => layers[layer]!.of).values()].map((members) => ({
    start: members[0]!,
    count: members.length,
  }));
  const modes = groups.flatMap((group) => profileModes(group, layers, featureCount));
  const plainScales = plain.filter(({ sharesScale }) => !sharesScale).length;

  return {
    scaleOf: [...scalesOf(plain), ...modes.map((_, mode) => plainScales + mode)],
    scaleCount: plainScales + modes.length,
    groups,
    layerCount: layers.length,
    featureCount,
    featureVariances: Float64Array.from({ length: layers.length * featureCount }, (_, at) => {
      return layers[Math.floor(at / featureCount)]!.features.variances[at % featureCount] ?? 0;
    }),
    encode(units) {
      const hasEffect = effects(units);
      const own = new Float64Array(layers.length * featureCount);
      for (const [layer, { place, features }] of layers.entries()) {
        if (hasEffect[place]) own.set(features.at(units[place]!), layer * featureCount);
      }
      const joint = Float64Array.of(
        ...plain.map(({ place, at, idle }) => (hasEffect[place] ? at(units[place]!) : idle)),
        ...modes.map((weights) => dot(weights, own)),
      );
      return { joint, layers: own };
    },
    pullBack(units, byJoint, byLayers) {
      const hasEffect = effects(units);
      const gradient = new Float64Array(space.length);
      for (const [coordinate, { place, isSmooth }] of plain.entries()) {
        if (isSmooth && hasEffect[place]) gradient[place]! += byJoint[coordinate]!;
      }
      const byOwn = byLayers.map((slope, at) =>
        modes.reduce((sum, weights, mode) => sum + weights[at]! * byJoint[plain.length + mode]!, slope),
      );
      for (const [layer, { place, features }] of layers.entries()) {
        if (!hasEffect[place] || !isContinuous(space[place]!.domain)) continue;
        gradient[place]! += features.slope(units[place]!, byOwn.subarray(layer * featureCount, (layer + 1) * featureCount));
      }
      return gradient;
    },
  };
}

interface Layer {
  readonly of: string;
  readonly place: number;
  readonly features: LayerFeatures;
}

/** Layers of one parameter stand together, bottom to top. */
function layersOf(space: SearchSpace): readonly Layer[] {
  const set = space.flatMap(({ domain, layer }, place) => (layer ? [{ ...layer, place, features: layerFeaturesOf(domain) }] : []));
  return [...Map.groupBy(set, ({ of }) => of).values()].flatMap((members) => members.toSorted((a, b) => a.index - b.index));
}

interface PlainCoordinate {
  readonly place: number;
  readonly at: (unit: number) => number;
  /** What it is while the dimension is out of use. */
  readonly idle: number;
  readonly isSmooth: boolean;
  /** With the coordinate before it. */
  readonly sharesScale: boolean;
}

function plainCoordinates(domain: Domain, place: number): readonly PlainCoordinate[] {
  if (domain.kind === 'categorical') {
    const count = domain.choices.length;
    return domain.choices.map((_, choice) => ({
      place,
      at: (unit) => (Math.min(count - 1, Math.floor(unit * count)) === choice ? Math.SQRT1_2 : 0), // two choices are 1 apart
      idle: 0,
      isSmooth: false,
      sharesScale: choice > 0,
    }));
  }
  const value = { place, at: (unit: number) => settled(domain, unit), idle: 0.5, isSmooth: isContinuous(domain), sharesScale: false };
  if (domain.kind !== 'frozenOrRate') return [value];
  const { frozenProbability } = domain;
  return [value, { place, at: (unit) => Number(unit < frozenProbability), idle: 0, isSmooth: false, sharesScale: false }];
}

function scalesOf(plain: readonly PlainCoordinate[]): readonly number[] {
  let scale = -1;
  return plain.map(({ sharesScale }) => {
    if (!sharesScale) scale += 1;
    return scale;
  });
}

/** Each mode as its weights on all layers' features; what ranges over 1 in each layer does so in the lowest mode. */
function profileModes({ start, count }: LayerGroup, layers: readonly Layer[], featureCount: number): readonly Float64Array[] {
  const { features } = layers[start]!;
  return features.profiled.flatMap(({ feature, range }) =>
    Array.from({ length: Math.min(count, depthModes) }, (_, mode) => {
      const weights = new Float64Array(layers.length * featureCount);
      for (let step = 0; step < count; step += 1) {
        const wave = mode === 0 ? 1 : Math.SQRT2 * Math.cos((Math.PI * mode * (step + 0.5)) / count);
        weights[(start + step) * featureCount + feature] = wave / count / range;
      }
      return weights;
    }),
  );
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i]! * b[i]!;
  return sum;
}
