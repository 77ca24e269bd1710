import { z } from 'zod';
import { methodPage } from './method-page.ts';

export const autoRates = methodPage({
  title: 'Auto-RGN and Auto-SNR',
  family: 'when layers learn',
  idea: "Each layer's learning rate follows from its gradients: by their norm relative to that of the weights, or by how much of them is signal. Layers that the task asks to change learn fast, the others slowly or not at all, without a search.",
  formula: [
    'RGN(layer) = mean over batches of ‖g‖ / ‖w‖; rate · RGN / max RGN',
    'SNR(layer) = Σ (mean g)² / Σ Var g over batches; rate if SNR / max SNR ≥ threshold, else 0',
  ],
  settings: z.strictObject({
    by: z
      .enum(['rgn', 'snr'])
      .default('rgn')
      .describe('rgn: rates by relative gradient norm; snr: layers with little signal rest. Default rgn.'),
    batches: z.int().min(2).max(1000).default(5).describe('Steps that an estimate is made from. 2 to 1000; default 5.'),
    period: z
      .number()
      .gt(0)
      .max(1)
      .default(0.1)
      .describe('Steps from one estimate to the next, as a share of all steps of a trial. Above 0, at most 1; default 0.1.'),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('Of snr: least share of the largest with which a layer learns. 0 to 1; default 0.1.'),
  }),
  use: 'As the cheapest automatic rates by layer, to compare a search of them with. Take a learning rate two to five times that of full fine-tuning.',
  cost: '1×; snr: a copy of the gradients while it estimates.',
  source: 'Lee et al., ICLR 2023, arXiv:2210.11466, section 5; anniesch/surgical-finetuning.',
  decided:
    "Our operationalisation: layers in place of tensors, for biases and layer norms have hardly any norm; the head keeps its own rate and is no part of the largest. Estimates are made in the first steps of each period, from the gradients of training itself, and count from the step after; before the first one all rates are whole. The variance is over batches; the authors' code takes that within a gradient. Moments go on while a rate is 0. The default threshold is ours.",
});
