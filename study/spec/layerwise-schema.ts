import { z } from 'zod';
import { closedRange, openRange, validations } from './cel.ts';
import type { Immutable } from './immutable.ts';
import { layerwiseRules } from './scheme-fields.ts';

const real = z.number();

export const positiveRange = (what: string) =>
  z
    .strictObject({
      min: real.gt(0).describe(`Smallest ${what}, included. Above 0, below max.`),
      max: real.gt(0).describe(`Largest ${what}, included. Above min.`),
    })
    .meta(validations(openRange));

const layerCounts = (fewest: string, most: string) =>
  z
    .strictObject({
      min: z.int().min(0).describe(`${fewest} At least 0, at most max.`),
      max: z.int().min(0).describe(`${most} At most the model's number of layers.`),
    })
    .meta(validations(closedRange));

const probability = real.gt(0).lt(1).exactOptional();

export const layerwiseSchema = z
  .strictObject({
    scheme: z
      .enum(['prefix', 'prefixDecay', 'prefixReinit', 'window', 'blocks', 'curve', 'perLayer', 'mask', 'modes'])
      .describe(
        'How few numbers become a setting for each layer. ' +
          'prefix: the bottom layers are frozen, all others learn at one rate. ' +
          "prefixDecay: the same, and each layer learns at its upper neighbour's rate times decay. " +
          'prefixReinit: as prefix, and some layers at the top begin at new random values. ' +
          'window: a row of layers learns at one rate, those below and above it are frozen. ' +
          'blocks: neighbouring layers share what perLayer has for each one. ' +
          'curve: on a log scale the rates follow a parabola over depth. ' +
          'perLayer: each layer is frozen or has a rate of its own. ' +
          'mask: each layer is frozen or learns, all at one rate. ' +
          'modes: each block of layers is frozen or learns in one of several ways.',
      ),
    learningRate: positiveRange('learning rate')
      .exactOptional()
      .describe(
        'Peak learning rate of the top layer (prefix, prefixDecay), of the trained layers together (prefixReinit, window, mask) or of each ' +
          'by itself (blocks, curve, perLayer); searched on a log scale. Required by all schemes but modes.',
      ),
    frozenPrefix: layerCounts('Fewest frozen layers.', 'Most frozen layers.')
      .exactOptional()
      .describe(
        'Number of bottom encoder layers that stay as they were pre-trained; from 1 on the embeddings are frozen as well. ' +
          "0: everything learns; the model's number of layers: only the head learns. " +
          'Required by prefix, prefixDecay and prefixReinit; optional for blocks, curve and perLayer.',
      ),
    decay: z
      .strictObject({
        min: real.gt(0).max(1).describe('Smallest factor, included. Above 0, at most max.'),
        max: real.gt(0).max(1).describe('Largest factor, included. At most 1, which means one rate for all layers.'),
      })
      .meta(validations(closedRange))
      .exactOptional()
      .describe('Factor from each layer to the one below it; the embeddings are one step below layer 0. Required by prefixDecay.'),
    reinit: layerCounts('Fewest layers with new values.', 'Most layers with new values.')
      .exactOptional()
      .describe(
        'Number of top layers that begin at new random values, never more than learn; from 1 on the pooler does as well. Required by prefixReinit.',
      ),
    blockSize: z
      .int()
      .min(1)
      .exactOptional()
      .describe(
        'Layers in a block, counted from the top; the bottom block has what is left, and the embeddings. blocks and modes need it, or blockSizes.',
      ),
    blockSizes: z
      .array(z.int().min(1))
      .min(1)
      .max(1000)
      .exactOptional()
      .describe(
        "Layers in each block, from the bottom; together the model's number of layers. The embeddings belong to the first. Instead of blockSize.",
      ),
    modes: z
      .strictObject({
        bias: positiveRange('learning rate').exactOptional().describe('Only biases learn, those of layer norms too (BitFit).'),
        lora: positiveRange('learning rate')
          .exactOptional()
          .describe('Low-rank additions to the weights learn (LoRA), as trainer.lora says.'),
        full: positiveRange('learning rate').exactOptional().describe('All weights learn.'),
      })
      .meta({ minProperties: 1 })
      .exactOptional()
      .describe(
        'Ways of learning that a block can have beside being frozen, at least one, with the range of the peak learning rate of all blocks that learn so. Required by modes.',
      ),
    frozenProbability: probability.describe(
      'blocks, perLayer and mask: share of random draws in which a layer is frozen, each by itself. Above 0, below 1; default 0.5, beside a frozenPrefix none.',
    ),
    topFrozenProbability: probability.describe(
      'The same for the top layer, where frozenProbability is then that of the embeddings; between them it changes evenly. Above 0, below 1; default as frozenProbability.',
    ),
    monotone: z
      .boolean()
      .exactOptional()
      .describe(
        'blocks, curve and perLayer: true if no layer learns faster than one above it. Each layer or block then has a number from 0 to 1 that says ' +
          'how near it comes to the rate above: 1 means the same rate, and every rising row of rates is equally likely. Default false.',
      ),
    groups: z
      .enum(['layer', 'sublayer'])
      .exactOptional()
      .describe(
        'perLayer and mask: what has a setting of its own. sublayer: the attention, the feed-forward part and the layer norms of each layer. Default layer.',
      ),
    groupFactor: positiveRange('factor')
      .exactOptional()
      .describe(
        "prefix, prefixDecay, window, blocks and curve: factors on a layer's rate, one for the feed-forward parts of all layers and one for their layer norms, " +
          'while the attention keeps the rate; searched on a log scale. Default: one rate for the whole layer.',
      ),
  })
  .meta(layerwiseRules)
  .describe('The setting of all layers as one parameter. It becomes numbers named <name>.frozenPrefix, <name>.learningRate and so on.');

export type Layerwise = Immutable<z.output<typeof layerwiseSchema>>;
