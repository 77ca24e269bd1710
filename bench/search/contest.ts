import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** One measurement, as data: `module` says which program of that side carries it out, the rest is for that. */
export interface Job {
  readonly side: 'ours' | 'peer';
  readonly module: string;
  readonly [field: string]: unknown;
}

/** Jobs are equal when their JSON is. */
export type Results = (job: Job) => unknown;

export interface ContestSettings {
  /** Jobs at a time. Each slot has a process of ours and one of the peers', and runs one of the two. */
  readonly slots: number;
  /** Has the packages of the peers. */
  readonly python: string;
  /** What is known already, by the JSON of the job. */
  readonly known: ReadonlyMap<string, unknown>;
  /** Hears of each new result as it comes. */
  readonly keep: (job: Job, result: unknown) => void;
}

/**
 * Carries out jobs, the first ones first.
 * @throws {Error} if a program ends or answers with something else than a line of JSON
 */
export async function hold(jobs: readonly Job[], { slots, python, known, keep }: ContestSettings): Promise<Results> {
  const results = new Map(known);
  const queue = jobs.filter((job) => !known.has(JSON.stringify(job)));
  const of = queue.length;
  await Promise.all(
    Array.from({ length: Math.min(slots, of) }, async () => {
      const sides = { ours: contestant(process.execPath, 'ours.ts'), peer: contestant(python, '../peers/peer.py') };
      try {
        for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
          const result = await sides[job.side].answer(job);
          results.set(JSON.stringify(job), result);
          keep(job, result);
          if (process.stderr.isTTY) process.stderr.write(`\r${of - queue.length} of ${of} `);
        }
      } finally {
        await Promise.all([sides.ours.leave(), sides.peer.leave()]);
      }
    }),
  );
  return (job) => results.get(JSON.stringify(job));
}

/** A program that answers lines; started with its first job. */
function contestant(command: string, file: string) {
  let running: { readonly child: ChildProcess; readonly lines: AsyncIterator<string> } | undefined;
  const start = () => {
    const child = spawn(command, [path.join(import.meta.dirname, file)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', PYTHONWARNINGS: 'ignore' }, // one core per slot
    });
    return { child, lines: createInterface({ input: child.stdout! })[Symbol.asyncIterator]() };
  };
  return {
    answer: async (job: Job): Promise<unknown> => {
      running ??= start();
      running.child.stdin!.write(`${JSON.stringify(job)}\n`);
      const { value, done } = await running.lines.next();
      if (done === true) throw new Error(`${file} ended at ${JSON.stringify(job)}`);
      return JSON.parse(value);
    },
    leave: async (): Promise<void> => {
      if (running === undefined || running.child.exitCode !== null) return;
      running.child.stdin!.end();
      await once(running.child, 'exit');
    },
  };
}
