/** `sweep.json`: what a sweep was asked to do, resolved once when it is submitted. */
import type { ModelShape } from '../study/layerwise.ts';
import type { Sweep } from '../study/spec.ts';

export interface SweepFile {
  readonly schema: 1;
  /** `<namespace>.<name>.<uid8>`; also the workflow's id. */
  readonly id: string;
  readonly createdAt: string;
  readonly sweep: Sweep;
  readonly model?: ModelShape;
  /** What runs a trial: the built-in trainer's command, or `trialTemplate.command`. */
  readonly command: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
}
