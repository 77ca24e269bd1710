import { z } from 'zod';
import { methodBlocks, methodNames } from '../methods/methods.ts';
import { formatted } from './formatted.ts';

const json = z.record(z.string(), z.unknown());

const texts = z.record(z.string(), z.string());

const quantities = z.record(z.string(), z.union([z.int(), z.string()], 'a quantity: a whole number, or a text such as "500m" or "8Gi"'));

/** A path, or an address in S3 with its bucket. */
const place = formatted(/^(?!s3:\/\/)(?!\s*$).+$|^s3:\/\/[^/\s]+\/\S+$/, 'a path or s3://bucket/prefix');

/** The `trainer` block when the built-in trainer runs. A program of your own gets its block as written. */
export const trainerSettingsSchema = z.strictObject({
  model: place.describe('Pre-trained encoder: a folder in Hugging Face layout, as a local path or s3://bucket/prefix.'),
  data: place.describe('Labelled text: a dataset folder, or one JSONL, CSV or TSV file, as a local path or s3://bucket/prefix.'),
  trainExamples: z
    .int()
    .min(2)
    .exactOptional()
    .describe(
      'Train on so many of the training texts, as if there were no more: drawn at random, with the shares of the labels kept. All trials of a search have the same ones, each final seed draws its own. At least 2; default: all.',
    ),
  batchSize: z.int().min(1).max(4096).default(16).describe('Texts per optimizer step. At least 1; default 16.'),
  task: z
    .enum(['classification', 'regression'])
    .default('classification')
    .describe(
      'classification: labels are names. regression: they are numbers; the metrics are eval/pearson, eval/spearman and eval/loss. Default classification.',
    ),
  pooling: z
    .enum(['pooler', 'first', 'mean', 'scalarMix'])
    .default('pooler')
    .describe(
      'What the classifier sees: pooler (the first token after the head of the model family, as transformers has it), first (the first token as it is), mean (of all tokens), scalarMix (the means of all layers, with learnt weights). Default pooler.',
    ),
  method: z
    .enum(methodNames)
    .default('full')
    .describe(
      'Which weights learn where the layer configuration lets them, and how they are held back: `permafrost methods` lists them. Default full.',
    ),
  ...methodBlocks,
  accumulate: z
    .int()
    .min(1)
    .max(4096)
    .default(1)
    .describe('Parts that the texts of a step are run in, one after the other: less memory, the same gradients. 1 to 4096; default 1.'),
  activations: z
    .enum(['keep', 'recompute'])
    .default('keep')
    .describe(
      'keep, or recompute: what layers computed is computed again on the way back, which takes a third more time and far less memory. Default keep.',
    ),
  engine: z
    .enum(['raw', 'tape'])
    .default('raw')
    .describe(
      'What differentiates: raw, or tape (TensorFlow.js itself: slower, the same results up to rounding, to check with). Default raw.',
    ),
  maxLength: z.int().min(4).max(512).default(64).describe('Tokens per text; longer texts are cut. 4 to 512; default 64.'),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .exactOptional()
    .describe(
      'Dropout of the embeddings, in the layers and in front of the classifier. At least 0, below 1; default: as the model has it.',
    ),
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
  prefixCache: z
    .enum(['float32', 'float16', 'off'])
    .default('float32')
    .describe(
      'How the output of the frozen layers at the bottom is kept and shared between trials: float32, float16 (half the size, rounded) or off. Default float32, where reading is quicker than computing.',
    ),
  device: z
    .enum(['cpu', 'gpu'])
    .exactOptional()
    .describe('cpu or gpu. A trial that asks for a GPU fails where there is none. Default: the GPU if there is one.'),
  deterministic: z
    .boolean()
    .default(false)
    .describe(
      'On a GPU: whether a seed gives the same bits each time, for which TensorFlow takes slower operations. On a CPU it always does. Default false.',
    ),
  tf32: z
    .boolean()
    .default(true)
    .describe(
      'On a GPU of the Ampere generation or later: whether matrix products round what they multiply to ten bits, which is much faster. Default true, as in TensorFlow.',
    ),
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
        'What the trainer gets to know beside the assignment. Built-in trainer: model, data, trainExamples, task, pooling, method with the settings of methods, batchSize, accumulate, activations, engine, maxLength, dropout, weightDecay, warmup, clipNorm, prefixCache, device, deterministic, tf32, checkpointSeconds. With command: anything; it is handed on as written.',
      ),
    command: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .describe('Program and arguments that keep the trainer contract. Default: the built-in trainer.'),
    image: z
      .string()
      .min(1)
      .exactOptional()
      .describe("Container image of the trial's pod. On a cluster only. Default: the image that the worker was started with."),
    resources: z
      .strictObject({
        limits: quantities.exactOptional().describe('The most that the container gets, such as nvidia.com/gpu: 1. Default: no limit.'),
        requests: quantities.exactOptional().describe('What a node must have left for it. Default: the limits.'),
      })
      .exactOptional()
      .describe('Requests and limits of the container, as in a pod. On a cluster only. Default: none.'),
    podTemplate: z
      .strictObject({
        metadata: z
          .strictObject({
            labels: texts.exactOptional().describe('Labels of the pods, beside ours.'),
            annotations: texts.exactOptional().describe('Annotations of the pods.'),
          })
          .exactOptional()
          .describe('Labels and annotations of the pods. Default: ours alone.'),
        spec: json.exactOptional().describe('Merged over the specification of the pods. Default: ours alone.'),
      })
      .exactOptional()
      .describe(
        "Merged over the trial's pod template: spec.tolerations, spec.nodeSelector and so on. On a cluster only; docs/kubernetes.md has the rules.",
      ),
    queueName: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Kueue local queue that admits the trials. On a cluster only. Default: no queue.'),
    priorityClassNames: z
      .array(z.string().min(1))
      .min(1)
      .exactOptional()
      .describe(
        'Priority by rung: the class of pods that start for rung 0, rung 1 and so on; the last is for all higher rungs. With queueName, workload priority classes of Kueue. On a cluster only. Default: none.',
      ),
    serviceAccountName: z
      .string()
      .min(1)
      .exactOptional()
      .describe('Service account of the pods, such as one that gives access to S3. On a cluster only. Default: default.'),
    activeDeadlineSeconds: z
      .int()
      .min(1)
      .max(604_800)
      .exactOptional()
      .describe(
        'Seconds that a pod may run, waiting in a queue not counted; a trial that takes longer has failed. 1 to 604800. On a cluster only. Default: no limit.',
      ),
    s3: z
      .strictObject({
        secretName: z
          .string()
          .min(1)
          .exactOptional()
          .describe('Secret with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and any other AWS variable. Default: the service account.'),
        endpoint: formatted(/^https?:\/\/\S+$/, 'an http or https address')
          .exactOptional()
          .describe('Address of the S3 server as pods reach it. Default: that of the worker.'),
        region: z.string().min(1).exactOptional().describe('Region of the S3 server. Default: that of the worker.'),
        caConfigMapName: z
          .string()
          .min(1)
          .exactOptional()
          .describe('ConfigMap whose ca.crt the pods trust beside the usual authorities. Default: none.'),
      })
      .exactOptional()
      .describe('How pods reach S3. On a cluster only. Default: as the worker does.'),
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
