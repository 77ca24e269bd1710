/** Runs a program of the set-up, says what it is doing every few seconds, and keeps its last lines for the error. */
import { spawn } from 'node:child_process';

/** Takes one line of news for the person who waits. */
export type Say = (line: string) => void;

export interface Command {
  /** What it does, as the start of a line: `temporal 1.8.2: building`. */
  readonly doing: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Its standard input; empty by default. */
  readonly input?: string;
  readonly say: Say;
  /** More to say than the time: called every few seconds with the lines that the program has printed. */
  readonly progress?: (lines: number) => string;
}

/** A program of the set-up could not be started or failed. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  /** No such program, as opposed to one that ran and failed. */
  readonly notFound: boolean;
  constructor(message: string, notFound: boolean) {
    super(message);
    this.notFound = notFound;
  }
}

const newsEveryMs = 5000;
const keptLines = 20;

/**
 * @returns what the program printed on standard output
 * @throws {CommandFailed} with the last lines of both its outputs
 */
export async function run({ doing, program, args, cwd, env, input = '', say, progress }: Command): Promise<string> {
  const started = performance.now();
  const child = spawn(program, args, { ...(cwd === undefined ? {} : { cwd }), env: env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {}).end(input); // a program that does not read it all says why by how it ends
  const output = { stdout: '', all: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
    output.all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.all += text;
  });

  const news = setInterval(
    () => say(`${doing}: ${secondsSince(started)} s${progress?.(output.all.split('\n').length - 1) ?? ''}`),
    newsEveryMs,
  );
  try {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    child.on('error', (error: NodeJS.ErrnoException) => reject(new CommandFailed(`${doing}: ${error.message}`, error.code === 'ENOENT')));
    child.on('close', (code, signal) => (code === 0 ? resolve('') : reject(new CommandFailed(failure(code, signal), false))));
    await promise;
  } finally {
    clearInterval(news);
  }
  return output.stdout;

  function failure(code: number | null, signal: string | null): string {
    const tail = output.all.trimEnd().split('\n').slice(-keptLines).join('\n');
    return `${doing}: ${[program, ...args].join(' ')} ended with ${signal ?? `code ${code}`}\n${tail}`;
  }
}

const secondsSince = (started: number): number => Math.round((performance.now() - started) / 1000);
