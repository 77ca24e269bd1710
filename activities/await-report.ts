import { setTimeout as delay } from 'node:timers/promises';
import type { TrialFolder } from '../results/trial-folder.ts';
import type { Exit } from '../runners/runner.ts';
import type { Report } from '../study/trial.ts';

const shortestMs = 100;
const longestMs = 15_000;

/** The trainer that a report is awaited from. */
interface Trainer {
  /** Resolves when it first runs: until then nothing can write the report. */
  readonly running: Promise<void>;
  readonly ended: Promise<Exit>;
}

/**
 * Asks for the one awaited report from when the trainer runs until the report is there or the trainer has ended; once more then, because a report may
 * be its last act. The wait between two questions is a twentieth of the time that it has run, from 0.1 to 15 s: a fast trial is answered at once, and
 * a slow one costs few requests.
 * @returns nothing when the trainer ended without a report
 */
export async function awaitReport(
  folder: Pick<TrialFolder, 'findReport'>,
  rung: number,
  { running, ended }: Trainer,
  signal: AbortSignal,
): Promise<Report | undefined> {
  const over = ended.then(() => 'over' as const);
  await Promise.race([running, over]);
  const since = Date.now();
  for (;;) {
    const wait = Math.min(longestMs, Math.max(shortestMs, (Date.now() - since) / 20));
    const turn = new AbortController();
    const next = await Promise.race([over, delay(wait, 'ask' as const, { signal: AbortSignal.any([signal, turn.signal]) })]);
    turn.abort();
    const report = await folder.findReport(rung);
    if (report !== undefined || next === 'over') return report;
  }
}
