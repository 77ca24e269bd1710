/** Names a sweep wherever it is spoken of: its id, and the folder in S3 that holds all of it. */
export interface SweepRef {
  readonly id: string;
  /** `s3://bucket/prefix/<id>` */
  readonly folder: string;
}

export interface TrialRef {
  readonly sweep: SweepRef;
  readonly trial: number;
}

/** What to run for a trial. The same reference always means the same trial, so a second `attach` joins the first. */
export interface TrialJob {
  readonly ref: TrialRef;
  /** Program and arguments. */
  readonly command: readonly string[];
}

/** How a trial's process or pod ended. `lost` is an end nobody saw: a machine that went away, or a kill of the whole group. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number; readonly logTail: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly logTail: string }
  | { readonly kind: 'lost'; readonly logTail: string };

export type RunState = 'queued' | 'running';

interface AttachOptions {
  /** Aborting lets go of the trial; it never ends it. Only `remove` does. */
  readonly signal: AbortSignal;
  readonly onState: (state: RunState) => void;
}

/** What executes trials. One implementation for this machine, one for a cluster. */
export interface TrialRunner {
  /**
   * Makes sure that exactly one process works on the trial, starting it if need be, and resolves when it has ended.
   * Waits for a free slot first. A process that an earlier worker started is joined, not doubled.
   */
  attach(job: TrialJob, options: AttachOptions): Promise<Exit>;
  /** Ends whatever works on the trial (asking first, then by force) and resolves when it is gone. Nothing there is fine. */
  remove(ref: TrialRef): Promise<void>;
}
