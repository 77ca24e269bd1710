import { z } from 'zod';
import { formatted } from './formatted.ts';

const json = z.record(z.string(), z.unknown());

/** A path, or an address in S3 with its bucket. */
const place = formatted(/^(?!s3:\/\/)(?!\s*$).+$|^s3:\/\/[^/\s]+\/\S+$/, 'a path or s3://bucket/prefix');

/** The `trainer` block when the built-in trainer runs. A program of your own gets its block as written. */
export const trainerSettingsSchema = z.strictObject({
  model: place.describe('Pre-trained encoder: a folder in Hugging Face layout, as a local path or s3://bucket/prefix.'),
  data: place.describe('Labelled text: a dataset folder, or one JSONL, CSV or TSV file, as a local path or s3://bucket/prefix.'),
  batchSize: z.int().min(1).max(4096).default(16).describe('Texts per optimizer step. At least 1; default 16.'),
  maxLength: z.int().min(4).max(512).default(64).describe('Tokens per text; longer texts are cut. 4 to 512; default 64.'),
  weightDecay: z
    .number()
    .min(0)
    .max(1)
    .default(0.01)
    .describe('Decoupled weight decay, not on biases and layer norms. 0 to 1; default 0.01.'),
  warmup: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Share of maxResource over which the learning rates rise from 0. 0 to 1; default 0.1.'),
  clipNorm: z.number().gt(0).default(1).describe('Largest global norm of the gradients of a step. Above 0; default 1.'),
  device: z
    .enum(['cpu', 'gpu'])
    .exactOptional()
    .describe('cpu or gpu. A trial that asks for a GPU fails where there is none. Default: the GPU if there is one.'),
  checkpointSeconds: z
    .number()
    .gt(0)
    .default(300)
    .describe('Seconds between checkpoints within a rung: what a crash can cost. Above 0; default 300.'),
});

export type TrainerSettings = z.output<typeof trainerSettingsSchema>;

export const trialTemplateSchema = z
  .strictObject({
    trainer: json
      .default({})
      .describe(
        'What the trainer gets to know beside the assignment. Built-in trainer: model, data, batchSize, maxLength, weightDecay, warmup, clipNorm, device, checkpointSeconds. With command: anything; it is handed on as written.',
      ),
    command: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .describe('Program and arguments that keep the trainer contract. Default: the built-in trainer.'),
    image: z.string().min(1).exactOptional().describe("Container image of the trial's pod. On a cluster only; a local run ignores it."),
    resources: json.exactOptional().describe('Requests and limits of the container, as in a pod. On a cluster only.'),
    podTemplate: json
      .exactOptional()
      .describe("Merged over the trial's pod template: tolerations, nodeSelector and so on. On a cluster only."),
    queueName: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Kueue local queue that admits the trials. On a cluster only. Default: no queue.'),
    lingerSeconds: z
      .int()
      .min(0)
      .max(3600)
      .default(20)
      .describe(
        'Seconds that a trial keeps its process, and its GPU, after a report while it waits for the decision. 0 to 3600; default 20.',
      ),
  })
  .describe('What runs for each trial.');
