import { ApplicationFailure, activityInfo, cancellationSignal, heartbeat, log } from '@temporalio/activity';
import type { SweepFolder } from '../results/sweep-folder.ts';
import type { TrialFolder } from '../results/trial-folder.ts';
import type { Exit, RunState, SweepRef, TrialJob, TrialRef, TrialRunner } from '../runners/runner.ts';
import { costMetrics } from '../study/cost.ts';
import { lossOf } from '../study/objective.ts';
import type { TrialTemplate } from '../study/spec.ts';
import { exitCode, type Reason, type Report, type TrialFile } from '../study/trial.ts';
import { awaitReport } from './await-report.ts';
import { heartbeatMs } from './heartbeat-interval.ts';

export interface TrialActivityDependencies {
  readonly openSweep: (ref: SweepRef) => SweepFolder;
  readonly runner: TrialRunner;
}

/** What `advance` says of itself while it works; `permafrost trials` shows it. */
export interface TrialHeartbeat {
  readonly state: RunState;
  readonly why?: string;
}

/** Why a trial is let go: it waits for a decision, or it is over. */
export type Farewell = { readonly type: 'pause' } | { readonly type: 'stop'; readonly rung: number | undefined; readonly reason: Reason };

export type TrialActivities = ReturnType<typeof trialActivities>;

/** The two activities that run a trial. Both may be repeated at any point. */
export function trialActivities({ openSweep, runner }: TrialActivityDependencies) {
  let underWay = 0;
  return {
    /**
     * Makes a trial reach a rung and returns its report. A known report is returned, a live process is joined; a trainer
     * that waits for its decision gets it and goes on without a new start.
     * @throws {ApplicationFailure} named by how the trainer ended: BadConfiguration, BadData, InputNotFound (not worth
     *   another attempt), OutOfMemory, TrainerCrashed, NoReport
     */
    async advance(ref: TrialRef, rung: number): Promise<Report> {
      const sweep = openSweep(ref.sweep);
      const folder = sweep.trial(ref.trial);
      const trial = await folder.readTrial();
      const known = await folder.findReport(rung);
      if (known !== undefined) return checked(known, trial);
      if (rung > 0) await folder.createDecision(rung - 1, { schema: 1, continueTo: trial.rungs[rung]! });
      const { sweep: asked, owner } = await sweep.read();
      const job: TrialJob = { ref, rung, study: asked.spec.study, template: asked.spec.trialTemplate, ...(owner && { owner }) };

      const { heartbeatTimeoutMs: missedAfterMs = Number.POSITIVE_INFINITY } = activityInfo();
      let seen: TrialHeartbeat = { state: 'queued' };
      const onState = (state: RunState, why?: string) => {
        seen = { state, ...(why && { why }) };
        heartbeat(seen);
      };
      underWay += 1;
      let stillThere: NodeJS.Timeout;
      const sayAgain = (): void => {
        heartbeat(seen);
        stillThere = setTimeout(sayAgain, heartbeatMs(underWay, missedAfterMs));
      };
      sayAgain();
      try {
        return checked(await reach(job, folder, runner, onState, cancellationSignal()), trial);
      } finally {
        clearTimeout(stillThere!); // set at once
        underWay -= 1;
      }
    },

    /** Frees whatever the trial holds. A trial that is over gets its stop decision first, so that nothing starts it again. */
    async release(ref: TrialRef, farewell: Farewell): Promise<void> {
      if (farewell.type === 'stop' && farewell.rung !== undefined) {
        await openSweep(ref.sweep).trial(ref.trial).createDecision(farewell.rung, { schema: 1, stop: true, reason: farewell.reason });
      }
      await runner.remove(ref);
    },
  };
}

/** Starts or joins the trainer until the report is there. Preemption costs nothing, so it starts again without counting. */
async function reach(
  job: TrialJob,
  folder: TrialFolder,
  runner: TrialRunner,
  onState: (state: RunState, why?: string) => void,
  signal: AbortSignal,
): Promise<Report> {
  const { ref, rung } = job;
  for (let silentExits = 0; silentExits < 2; ) {
    const letGo = new AbortController();
    const either = AbortSignal.any([signal, letGo.signal]);
    const { promise: running, resolve: runs } = Promise.withResolvers<void>();
    const ended = runner.attach(job, {
      signal: either,
      onState(state, why) {
        if (state === 'running') runs();
        onState(state, why);
      },
    });
    try {
      const report = await awaitReport(folder, rung, { running, ended }, either);
      if (report !== undefined) return report;
    } finally {
      letGo.abort();
      await ended.catch(() => undefined); // its error, if any, has come through awaitReport
    }
    const exit = await ended;
    if (isPreemption(exit)) {
      log.info('preempted, going on from the checkpoint', {
        trial: ref.trial,
        rung,
        ...(exit.kind === 'preempted' && { because: exit.because }),
      });
    } else if (exit.kind === 'exited' && exit.code === exitCode.done) {
      silentExits += 1; // it may have left before it could see our decision: once is no fault
    } else throw failureOf(exit, job);
  }
  throw ApplicationFailure.retryable(`the trainer of trial ${ref.trial} ended with 0 twice and left no report of rung ${rung}`, 'NoReport');
}

/** Ended from outside, or asked to leave: with the code for it, or by a SIGTERM that came before the program could listen. */
function isPreemption(exit: Exit): boolean {
  if (exit.kind === 'exited') return exit.code === exitCode.preempted;
  return exit.kind === 'preempted' || (exit.kind === 'killed' && exit.signal === 'SIGTERM');
}

/**
 * A report that lacks an objective's metric must not reach the search, which could not rank it. Losses per example reach it
 * when it asked for them, with six digits: a workflow has to carry them.
 */
function checked({ paired, ...report }: Report, { objectives, paired: isPaired }: TrialFile): Report {
  const owed = objectives.filter(({ metric }) => !costMetrics.includes(metric));
  if (!report.diverged) for (const objective of owed) lossOf(report.metrics, objective);
  if (isPaired === undefined || report.diverged) return report;
  if (paired !== undefined) return { ...report, paired: paired.map((loss) => Number(loss.toPrecision(6))) };
  const message =
    'the report has no paired losses, which the pruner wilcoxon compares: have the trainer report them, or take another pruner';
  throw ApplicationFailure.nonRetryable(message, 'MissingPairedLosses');
}

/** How a trainer ended, as the retry policy sorts it. The tail of its log is the user's first clue. */
function failureOf(exit: Exit, { ref, template }: TrialJob): ApplicationFailure {
  const told = (how: string): string => `the trainer of trial ${ref.trial} ${how}${tail(exit)}`;
  switch (exit.kind) {
    case 'lost':
    case 'preempted':
      return ApplicationFailure.retryable(told('vanished'), 'TrainerCrashed');
    case 'killed':
      return ApplicationFailure.retryable(told(`was killed by ${exit.signal}`), 'TrainerCrashed');
    case 'outOfMemory':
      return ApplicationFailure.nonRetryable(
        told(`needed more memory than resources.limits.memory allows${limitOf(template)}`),
        'OutOfMemory',
      );
    case 'deadline':
      return ApplicationFailure.nonRetryable(
        told(`ran longer than activeDeadlineSeconds (${template.activeDeadlineSeconds})`),
        'DeadlineExceeded',
      );
    case 'exited':
      return codeFailure(exit, told(`ended with exit code ${exit.code}`));
  }
}

function limitOf({ resources }: TrialTemplate): string {
  const limits = resources?.limits;
  const memory = typeof limits === 'object' && limits !== null && 'memory' in limits ? limits.memory : undefined;
  return memory === undefined ? '' : ` (${String(memory)})`;
}

function codeFailure(exit: Exit & { readonly kind: 'exited' }, message: string): ApplicationFailure {
  switch (exit.code) {
    case exitCode.badConfiguration:
      return ApplicationFailure.nonRetryable(message, 'BadConfiguration');
    case exitCode.badData:
      return ApplicationFailure.nonRetryable(message, 'BadData');
    case exitCode.inputNotFound:
      return ApplicationFailure.nonRetryable(message, 'InputNotFound');
    default:
      return /out of memory|RESOURCE_EXHAUSTED/i.test(exit.logTail)
        ? ApplicationFailure.nonRetryable(message, 'OutOfMemory')
        : ApplicationFailure.retryable(message, 'TrainerCrashed');
  }
}

function tail({ logTail }: Exit): string {
  const last = logTail.trim().split('\n').slice(-5).join('\n');
  return last === '' ? '' : `; the end of its log:\n${last}`;
}
