import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Exit } from '../../runners/runner.ts';
import { exitCode, type Report, type TrialFile } from '../../study/trial.ts';
import { type Check, check, differs } from './check.ts';
import { type Awaited, described, type Probe, type ProbeOptions, probe } from './probe.ts';

type Template = Pick<TrialFile, 'rungs' | 'objectives' | 'assignment' | 'trainer' | 'layers'>;

export interface ConformanceOptions extends ProbeOptions {
  /** What the trials ask of the trainer, which must be able to do it. At least three rungs. */
  readonly trial: Template;
}

const briefLingerSeconds = 3;
const longLingerSeconds = 3_600;

/**
 * Runs a trainer in three real trials and yields one check after the other. What cannot be looked at because an earlier check failed is left out.
 * @throws {RangeError} with fewer than three rungs; and whatever the runner and the store throw
 */
export async function* checkConformance(command: readonly string[], options: ConformanceOptions): AsyncGenerator<Check> {
  const { trial, runner } = options;
  if (trial.rungs.length < 3) throw new RangeError(`a check needs three rungs, got ${JSON.stringify(trial.rungs)}`);
  const [first, second, third] = [137, 138, 139].map((number) => probe(command, number, options)) as [Probe, Probe, Probe];
  try {
    const leg = yield* promoted(first, trial);
    if (leg !== undefined) yield* preempted(second, trial, leg);
    yield await misconfigured(third, trial);
  } finally {
    for (const { ref } of [first, second, third]) await runner.remove(ref);
  }
}

/** What the first trial showed of the trainer: the second is timed by it. */
interface FirstLeg {
  readonly milliseconds: number;
  readonly keepsCheckpoint: boolean;
}

/** A trial that reports, is continued, is left alone, is started again, is promoted, and is stopped. */
async function* promoted(probe: Probe, template: Template): AsyncGenerator<Check, FirstLeg | undefined> {
  const file = trialFile(probe, template, { lingerSeconds: briefLingerSeconds });
  await probe.folder.createTrial(file);
  const began = performance.now();
  const started = probe.start();
  const first = await probe.reportOf(0, started);
  const leg = { milliseconds: performance.now() - began, keepsCheckpoint: first.report?.checkpoint !== undefined };
  yield checkReport('reads trial.json and reports rung 0', first, file, 0, 1);
  if (first.report === undefined) return undefined;
  yield await checkCheckpoint(probe, first.report);

  await probe.folder.createDecision(0, { schema: 1, continueTo: file.rungs[1]! }); // three rungs are there
  const second = await probe.reportOf(1, started);
  yield checkReport('lingers, and goes on in the same process when it is told to', second, file, 1, 1);
  if (second.report === undefined) return leg;
  yield checkEnd('leaves with 0 when no decision comes', await started.exit, exitCode.done);

  const before = await probe.objectsBelow('reports');
  yield checkEnd('started again without a decision, leaves with 0', await probe.start().exit, exitCode.done);
  const changed = isDeepStrictEqual(await probe.objectsBelow('reports'), before)
    ? undefined
    : 'they were written again, or others were added';
  yield check('leaves the reports that are there as they are', [changed]);

  await probe.folder.createDecision(1, { schema: 1, continueTo: file.rungs[2]! });
  const promotedRun = probe.start();
  const third = await probe.reportOf(2, promotedRun);
  yield checkReport('promoted, goes on from its checkpoint in a new process', third, file, 2, leg.keepsCheckpoint ? 2 : 1);
  await probe.folder.createDecision(2, { schema: 1, stop: true, reason: { code: 'reachedTop' } });
  yield checkEnd('ends with 0 after the last rung', await promotedRun.exit, exitCode.done);
  return leg;
}

/** A trial with one long leg: ended in its middle, started again, and stopped while it lingers. */
async function* preempted(probe: Probe, template: Template, { milliseconds, keepsCheckpoint }: FirstLeg): AsyncGenerator<Check> {
  const steps = 4 * template.rungs.at(-1)!; // three rungs are there
  const file = trialFile(probe, { ...template, rungs: [steps] }, { lingerSeconds: longLingerSeconds });
  await probe.folder.createTrial(file);
  const interrupted = probe.start();
  await sleep(milliseconds); // in which it made its start and the first rung's steps before
  await probe.terminate();
  const tooLate = (await probe.folder.findReport(0)) && `its ${steps} steps were over before SIGTERM came: give larger rungs`;
  yield check('on SIGTERM in the middle of a leg, ends with 75', [tooLate, ...endFindings(await interrupted.exit, exitCode.preempted)]);
  if (tooLate !== undefined) return;

  const latest = keepsCheckpoint && (await probe.textOf('checkpoint/LATEST')) === undefined ? 'no checkpoint/LATEST' : undefined;
  yield check(keepsCheckpoint ? 'and has written a checkpoint' : 'and keeps no checkpoint, so it begins again', [latest]);
  const again = probe.start();
  const report = await probe.reportOf(0, again);
  yield checkReport('started again, goes on to its goal', report, file, 0, keepsCheckpoint ? 2 : 1);
  if (report.report === undefined) return;
  await probe.folder.createDecision(0, { schema: 1, stop: true, reason: { code: 'searchOver' } });
  yield checkEnd('ends with 0 when it is stopped while it lingers', await again.exit, exitCode.done);
}

async function misconfigured(probe: Probe, template: Template): Promise<Check> {
  await probe.put('trial.json', { ...trialFile(probe, template, { lingerSeconds: 0 }), schema: 999 });
  return checkEnd('ends with 64 on a trial.json of an unknown schema', await probe.start().exit, exitCode.badConfiguration);
}

function trialFile({ ref }: Probe, template: Template, { lingerSeconds }: { readonly lingerSeconds: number }): TrialFile {
  const { rungs } = template;
  const head = { schema: 1, sweep: ref.sweep.id, trial: ref.trial, purpose: 'search', seed: 7_000 + ref.trial } as const;
  return { ...head, ...template, horizon: rungs.at(-1) ?? 0, lingerSeconds };
}

async function checkCheckpoint(probe: Probe, { checkpoint, step }: Report): Promise<Check> {
  if (checkpoint === undefined) return check('keeps no checkpoint: a promoted trial begins again', []);
  const objects = await probe.objectsBelow(checkpoint);
  const latest = await probe.textOf('checkpoint/LATEST');
  const empty = objects.size === 0 ? `nothing under ${checkpoint}` : undefined;
  return check('has its checkpoint in place before it reports', [empty, differs('checkpoint/LATEST', latest, String(step))]);
}

function checkReport(name: string, awaited: Awaited, file: TrialFile, rung: number, attempt: number): Check {
  if (awaited.report === undefined) return check(name, [awaited.problem]);
  const { report } = awaited;
  const absent = file.objectives.find(({ metric }) => !(metric in report.metrics));
  return check(name, [
    report.diverged ? 'it diverged: give an assignment that trains' : undefined,
    differs('trial', report.trial, file.trial),
    differs('step', report.step, file.rungs[rung]),
    absent && `no metric ${absent.metric}`,
    differs('attempt', report.attempt, attempt),
  ]);
}

function checkEnd(name: string, exit: Exit | undefined, code: number): Check {
  return check(name, endFindings(exit, code));
}

function endFindings(exit: Exit | undefined, code: number): (string | undefined)[] {
  return [exit?.kind === 'exited' && exit.code === code ? undefined : described(exit)];
}
