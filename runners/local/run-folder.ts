/**
 * What this machine knows of a trial: `<state>/<sweep>/<trial>/<attempt>/`, one folder per start of its program, with `claim.json` (who
 * starts it, on which slot), `process` and `exit` by wrapper.sh, `output.log`, and `told` once somebody has heard how it ended. A start that was
 * given up has its claim as `process`. Each is made by rename or link, so a reader never sees half, and of two workers one wins.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TrialRef } from '../runner.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

export interface Run {
  readonly ref: TrialRef;
  /** Counts the starts of the trial's program, from 1; the number of its log. */
  readonly attempt: number;
  readonly folder: string;
  readonly slot: number;
}

export type RunStatus =
  | { readonly state: 'starting' }
  | { readonly state: 'running'; readonly process: ProcessIdentity }
  /** `process` led the group; `code` as the shell gives it, absent when nobody saw the end. */
  | { readonly state: 'ended'; readonly process: ProcessIdentity; readonly code?: number }
  /** Given up before the program ran. */
  | { readonly state: 'neverRan' };

interface Claim {
  readonly ref: TrialRef;
  readonly slot: number;
  readonly worker: ProcessIdentity;
}

function trialStateFolder(stateFolder: string, { sweep, trial }: TrialRef): string {
  return join(stateFolder, encodeURIComponent(sweep.id), String(trial).padStart(5, '0'));
}

/** Takes the right to start this attempt. Undefined when another worker has it. */
export function claimRun(stateFolder: string, ref: TrialRef, attempt: number, slot: number): Run | undefined {
  const parent = trialStateFolder(stateFolder, ref);
  const folder = join(parent, String(attempt));
  const draft = join(parent, `draft-${randomUUID()}`);
  const claim: Claim = { ref, slot, worker: identityOf(process.pid)! }; // this process is alive
  mkdirSync(draft, { recursive: true });
  try {
    writeFileSync(join(draft, 'claim.json'), JSON.stringify(claim));
    renameSync(draft, folder);
    return { ref, attempt, folder, slot };
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Forgets a trial. Its folder leaves its place whole: of a half removed one nobody could tell how its run stands. */
export function forgetTrial(stateFolder: string, ref: TrialRef): void {
  const folder = trialStateFolder(stateFolder, ref);
  const leaving = `${folder}.leaving`;
  rmSync(leaving, { recursive: true, force: true }); // of a worker that did not live to finish this
  try {
    renameSync(folder, leaving);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  rmSync(leaving, { recursive: true });
}

/** The newest start of the trial's program that this machine knows of. */
export function lastRun(stateFolder: string, ref: TrialRef): Run | undefined {
  return lastRunIn(trialStateFolder(stateFolder, ref));
}

/** The newest run of every trial in the state folder. */
export function allLastRuns(stateFolder: string): Run[] {
  const trials = entriesOf(stateFolder).flatMap((sweep) =>
    numbered(join(stateFolder, sweep)).map((trial) => join(stateFolder, sweep, trial)),
  );
  return trials.map(lastRunIn).filter((run) => run !== undefined);
}

function lastRunIn(trialFolder: string): Run | undefined {
  const attempts = numbered(trialFolder).map(Number);
  if (attempts.length === 0) return undefined;
  const attempt = Math.max(...attempts);
  const folder = join(trialFolder, String(attempt));
  try {
    const { ref, slot } = claimOf(folder);
    return { ref, attempt, folder, slot };
  } catch (error) {
    if (isMissing(error)) return undefined; // forgotten meanwhile
    throw error;
  }
}

export function statusOf({ folder }: Run): RunStatus {
  const process = textOf(folder, 'process');
  if (process === undefined) return isAlive(claimOf(folder).worker) ? { state: 'starting' } : giveUp(folder);
  if (process.startsWith('{')) return { state: 'neverRan' };
  const running = isAlive(process);
  const code = textOf(folder, 'exit'); // read after the process: one that is gone has written it by now
  if (code !== undefined) return { state: 'ended', process, code: Number(code) };
  return running ? { state: 'running', process } : { state: 'ended', process };
}

/** A start that its worker did not live to finish, or could not. If the wrapper is quicker than this after all, it stands. */
export function giveUp(folder: string): RunStatus {
  try {
    linkSync(join(folder, 'claim.json'), join(folder, 'process')); // no new file, as the reason may be that the disk is full
    return { state: 'neverRan' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { state: 'starting' }; // the next look finds the process
  }
}

export function markTold({ folder }: Run): void {
  if (existsSync(folder)) writeFileSync(join(folder, 'told'), '');
}

export function wasTold({ folder }: Run): boolean {
  return existsSync(join(folder, 'told'));
}

function claimOf(folder: string): Claim {
  return JSON.parse(readFileSync(join(folder, 'claim.json'), 'utf8'));
}

function textOf(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), 'utf8').trim();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Names of a folder that are numbers: of its trials, or of a trial's attempts. */
const numbered = (folder: string): string[] => entriesOf(folder).filter((name) => /^\d+$/.test(name));

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
