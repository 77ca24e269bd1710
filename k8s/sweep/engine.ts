import type { ModelShape } from '../../study/layerwise.ts';
import type { Progress } from '../../study/progress.ts';
import type { Revision } from '../../study/revision.ts';
import type { Sweep } from '../../study/spec.ts';

/** The workflow of a sweep, as far as Temporal itself knows it. */
export interface Run {
  readonly state: 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timedOut';
  readonly closedAt?: Date;
  /** Changes whenever something has happened in it. */
  readonly version: string;
}

/** What the start of a sweep needs beside its spec. */
interface SweepStart {
  readonly id: string;
  readonly sweep: Sweep;
  /** As `check` has found it. */
  readonly model?: ModelShape;
  readonly generation: number;
  readonly owner: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string };
}

/** Whether a sweep can run. `retry`: it may, once somebody has put there what is missing. */
export type Verdict =
  | { readonly valid: true; readonly model?: ModelShape }
  | { readonly valid: false; readonly reason: string; readonly message: string; readonly retry: boolean };

/** Temporal with its workers, and S3. Each call may be repeated, also by two controllers at a time. All throw EngineUnreachable. */
export interface SweepEngine {
  /** What only its model can tell of a sweep: layers that are not there, say. */
  check(sweep: Sweep): Promise<Verdict>;
  /** Writes the sweep's folder and starts its workflow, unless that was done. What is there already stays. */
  start(start: SweepStart): Promise<void>;
  /** Nothing when it was never started, or is forgotten. */
  find(id: string): Promise<Run | undefined>;
  /** Asks the workflow, also one that has ended. */
  progress(id: string): Promise<Progress>;
  revise(id: string, revision: Revision): Promise<void>;
  cancel(id: string): Promise<void>;
}

/** Worth another try, for as long as it takes. */
export class EngineUnreachable extends Error {
  override readonly name = 'EngineUnreachable';
  /** In one word, for the condition: `TemporalUnavailable`, `NoWorker`, `StorageUnavailable`. */
  readonly reason: string;
  constructor(reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
