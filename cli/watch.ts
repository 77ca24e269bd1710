import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { Progress } from '../study/progress.ts';
import type { Summary } from '../study/summary.ts';
import { progress } from '../workflows/sweep.ts';
import { duration, shown } from './table.ts';

export type SweepEnd =
  | { readonly result: 'succeeded'; readonly summary: Summary }
  | { readonly result: 'failed' | 'cancelled'; readonly message: string };

/** Shows a sweep's progress until it ends: one line that is written over on a terminal, else a line whenever something changed. */
export async function watchSweep(client: Client, id: string, output: NodeJS.WriteStream): Promise<SweepEnd> {
  const handle = client.workflow.getHandle(id);
  const ended = handle.result().then(
    (summary): SweepEnd => ({ result: 'succeeded', summary: summary as Summary }),
    (error: unknown): SweepEnd => endOf(error),
  );
  let last = '';
  for (;;) {
    const now = await Promise.race([ended, delay(1_000)]);
    if (now !== undefined) {
      if (output.isTTY && last !== '') output.write('\n');
      return now;
    }
    const seen = await handle.query<Progress, []>(progress).catch(noAnswerYet);
    const line = seen === undefined ? last : progressLine(seen);
    const changed = withoutClock(line) !== withoutClock(last);
    if (output.isTTY && seen !== undefined) output.write(`\r\u001b[K${line.slice(0, output.columns - 1)}`);
    else if (changed) output.write(`${line}\n`);
    last = line;
  }
}

/** `2m10s  search  7/12 trials  rungs 30:7 90:2 270:1  running 2  best 0.71 (trial 4)  about 3m left` */
function progressLine(progress: Progress): string {
  const elapsed = (Date.now() - progress.startedAt) / 1000;
  const [best] = progress.best;
  const left = secondsLeft(progress, elapsed);
  return [
    duration(elapsed).padStart(6),
    progress.paused ? 'paused' : progress.phase,
    `${progress.suggested}/${progress.numTrials} trials`,
    `rungs ${progress.rungs.map(({ steps, reports }) => `${steps}:${reports}`).join(' ')}`,
    `running ${progress.running.map(({ trial }) => trial).join(',') || '–'}`,
    ...(progress.failed > 0 ? [`failed ${progress.failed}`] : []),
    ...(progress.finals.of > 0 ? [`finals ${progress.finals.started}/${progress.finals.of}`] : []),
    ...(best ? [`best ${shown(best.value)} (trial ${best.trial})`] : []),
    ...(left === undefined ? [] : [`about ${duration(left)} left`]),
  ].join('  ');
}

/** By the optimizer steps done and those expected; nothing before a tenth is done, when it would be a guess. */
function secondsLeft({ work }: Progress, elapsed: number): number | undefined {
  const share = work.done / work.expected;
  return share < 0.1 || share >= 1 ? undefined : (elapsed * (1 - share)) / share;
}

const withoutClock = (line: string): string =>
  line
    .trimStart()
    .replace(/^\S+/, '')
    .replace(/ {2}about .*$/, '');

/** The worker may still be starting, or be away for a moment: the result decides, not the query. */
function noAnswerYet(error: unknown): undefined {
  if (error instanceof Error && /Query|ServiceError|Timeout/.test(error.name)) return undefined;
  throw error;
}

function endOf(error: unknown): SweepEnd {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const { cause } = error;
  if (cause instanceof CancelledFailure) return { result: 'cancelled', message: 'the sweep was cancelled' };
  return { result: 'failed', message: cause?.message ?? error.message };
}
