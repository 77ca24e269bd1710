import type { TrialTemplate } from '../study/spec.ts';

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
  /** The rung that it is started for. The same process may go on to later ones. */
  readonly rung: number;
  readonly study: string;
  /** Without `command` the runner's own trainer runs. What a runner has no use for, it ignores. */
  readonly template: TrialTemplate;
  /** The Sweep resource, when there is one: what runs in its cluster goes when it goes. */
  readonly owner?: OwnerReference;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** How a trial's process or pod ended. */
export type Exit = { readonly logTail: string } & (
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  /** An end nobody saw: a machine that went away, or a kill of the whole group. */
  | { readonly kind: 'lost' }
  /** Ended from outside, by no fault of its own. */
  | { readonly kind: 'preempted'; readonly because: string }
  /** Over the memory limit of its container. */
  | { readonly kind: 'outOfMemory' }
  /** Ran longer than `activeDeadlineSeconds`. */
  | { readonly kind: 'deadline' }
);

export type RunState = 'queued' | 'running';

interface AttachOptions {
  /** Aborting lets go of the trial; it never ends it. Only `remove` does. */
  readonly signal: AbortSignal;
  /** Called at the start and whenever it changes. `why` is for people: what it waits for, or where it runs. */
  readonly onState: (state: RunState, why?: string) => void;
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
