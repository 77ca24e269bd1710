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
  /** The Sweep resource that it comes from, when it was not submitted from a command line. */
  readonly owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string };
  readonly versions: Readonly<Record<string, string>>;
}
