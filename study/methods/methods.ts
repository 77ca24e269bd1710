import type { z } from 'zod';
import { bitfit } from './bitfit.ts';
import { childTuning } from './child-tuning.ts';
import { dps } from './dps.ts';
import { full } from './full.ts';
import { gradualUnfreezing } from './gradual-unfreezing.ts';
import { l2sp } from './l2sp.ts';
import { lora } from './lora.ts';
import { lpft } from './lpft.ts';
import type { MethodPage } from './method-page.ts';
import { mixout } from './mixout.ts';
import { rdrop } from './rdrop.ts';
import { sam } from './sam.ts';
import { sift } from './sift.ts';

const table = { full, bitfit, lora, dps, childTuning, sift, lpft, gradualUnfreezing, mixout, l2sp, rdrop, sam } as const;

export type MethodName = keyof typeof table;

/** The ways of fine-tuning that `trainer.method` names. */
export const methods: Readonly<Record<MethodName, MethodPage>> = table;

export const methodNames = Object.keys(table) as readonly MethodName[]; // of a literal

/** Checked settings of each method. */
export type MethodSettings = { readonly [Name in MethodName]: Readonly<z.output<(typeof table)[Name]['settings']>> };

/** @param blocks - of the `trainer` block, checked */
export function settingsOf<Name extends MethodName>(name: Name, blocks: Readonly<Partial<Record<string, unknown>>>): MethodSettings[Name] {
  return table[name].settings.parse(blocks[name] ?? {}) as MethodSettings[Name]; // parse fills in the defaults of this very method
}

/** The fields of the `trainer` block that hold a method's settings, for methods that have any. */
export const methodBlocks = {
  bitfit: block(bitfit),
  lora: block(lora),
  dps: block(dps),
  childTuning: block(childTuning),
  sift: block(sift),
  lpft: block(lpft),
  gradualUnfreezing: block(gradualUnfreezing),
  mixout: block(mixout),
  l2sp: block(l2sp),
  rdrop: block(rdrop),
  sam: block(sam),
} as const;

function block<Settings extends z.ZodObject>({ title, settings }: MethodPage<Settings>) {
  return settings.exactOptional().describe(`Settings of ${title}, see docs/methods. Default: its defaults.`);
}
