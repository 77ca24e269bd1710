/** The three objects of the trial protocol as they are checked on reading: any program may have written them (docs/trainer-contract.md). */
import { z } from 'zod';
import {
  type DecisionFile,
  type LayerSetting,
  mostPaired,
  type Reason,
  type Report,
  type SublayerSetting,
  sublayers,
  type TrialFile,
} from '../study/trial.ts';

const count = z.int().min(0);
const version1 = z.literal(1, { error: ({ input }) => `must be 1, the only version this program knows, got ${JSON.stringify(input)}` });
const number = z.number({ error: ({ input }) => `must be a number, got ${JSON.stringify(input)}` });
const jsonNumber = z.number({ error: ({ input }) => `must be a number, or null for NaN, got ${JSON.stringify(input)}` }).nullable();

const part: z.ZodType<SublayerSetting> = z.discriminatedUnion('mode', [
  z.object({ name: z.enum(sublayers), mode: z.literal('frozen') }),
  z.object({ name: z.enum(sublayers), mode: z.literal('full'), learningRate: number }),
]);

const layer: z.ZodType<LayerSetting> = z.discriminatedUnion('mode', [
  z.object({ name: z.string(), mode: z.literal('frozen') }),
  z.object({ name: z.string(), mode: z.literal('full'), learningRate: number, reinitialise: z.literal(true).exactOptional() }),
  z.object({ name: z.string(), mode: z.enum(['bias', 'lora']), learningRate: number }),
  z.object({ name: z.string(), mode: z.literal('mixed'), parts: z.array(part) }),
]);

export const trialFile: z.ZodType<TrialFile> = z.object({
  schema: version1,
  sweep: z.string(),
  trial: count,
  purpose: z.enum(['search', 'final']),
  seed: count,
  rungs: z.array(z.int().positive()).min(1),
  horizon: z.int().positive(),
  lingerSeconds: number.min(0),
  objectives: z.array(z.object({ metric: z.string(), direction: z.enum(['minimize', 'maximize']) })),
  paired: z.literal(true).exactOptional(),
  assignment: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  layers: z.array(layer).exactOptional(),
  trainer: z.record(z.string(), z.unknown()),
});

export const report: z.ZodType<Report> = z.object({
  schema: version1,
  trial: count,
  rung: count,
  step: count,
  metrics: z.record(z.string(), jsonNumber),
  diverged: z.boolean(),
  cost: z.object({ seconds: number.min(0), gpuSeconds: number.min(0) }),
  checkpoint: z
    .string()
    .regex(/^checkpoint\/./, "must be a path below the trial's folder, as checkpoint/50")
    .exactOptional(),
  paired: z.array(number).min(1).max(mostPaired).exactOptional(),
  attempt: z.int().positive(),
  versions: z.record(z.string(), z.string()),
});

const reason: z.ZodType<Reason> = z.discriminatedUnion('code', [
  z.object({ code: z.enum(['rankedInTop', 'rankedBelowTop']), rank: count, of: count, kept: count, cut: number.exactOptional() }),
  z.object({ code: z.literal('promotionDelayed'), rank: count, of: count, kept: count, promoted: count }),
  z.object({ code: z.literal('atCeiling'), rank: count, of: count, rungs: count }),
  z.object({ code: z.enum(['withinPercentile', 'beyondPercentile']), rank: count, of: count, percentile: number, cut: number }),
  z.object({ code: z.enum(['rungTooSmall', 'tooFewFinished', 'tooFewRungs', 'tooFewPairs']), of: count, needed: count }),
  z.object({ code: z.enum(['withinThreshold', 'beyondThreshold']), value: number, threshold: number }),
  z.object({ code: z.enum(['improved', 'notImproved']), gain: number, minDelta: number, patience: count }),
  z.object({
    code: z.enum(['possiblyBest', 'unlikelyBest']),
    rank: count,
    of: count,
    probability: number,
    minProbability: number,
    expected: number,
    best: number,
  }),
  z.object({ code: z.literal('bestOfRung'), of: count }),
  z.object({
    code: z.enum(['worseThanBest', 'notWorseThanBest']),
    rank: count,
    of: count,
    pairs: count,
    best: count,
    difference: number,
    p: number,
    pThreshold: number,
  }),
  z.object({ code: z.literal('belowBracket'), from: count }),
  z.object({ code: z.enum(['diverged', 'reachedTop', 'notPruned', 'searchOver', 'stoppedByUser', 'cancelled']) }),
]);

export const decisionFile: z.ZodType<DecisionFile> = z.union([
  z.object({ schema: version1, continueTo: z.int().positive() }),
  z.object({ schema: version1, stop: z.literal(true), reason }),
]);
