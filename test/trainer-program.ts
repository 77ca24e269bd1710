/** The trainer's program as a process of its own, with what it says. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const main = join(import.meta.dirname, '../trainer/main.ts');

export interface TrainerProgram {
  readonly process: ChildProcess;
  /** Of its output so far. */
  readonly lines: readonly string[];
  /** Resolves when a line of its output has matched. @throws {Error} if it ends without */
  line(pattern: RegExp): Promise<void>;
  ended(): Promise<{ readonly code: number | null; readonly errors: string }>;
}

/**
 * @param address - of the trial's folder
 * @param environment - what it gets beside this process's: the S3 server, and a cache of its own
 */
export function startTrainer(address: string, environment: Readonly<Record<string, string>>): TrainerProgram {
  const env = { ...process.env, ...environment, PERMAFROST_TRIAL: address };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  const lines: string[] = [];
  const errors: string[] = [];
  const output = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  return {
    process: child,
    lines,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (line: string) => {
          if (pattern.test(line)) resolve();
        };
        for (const line of lines) look(line);
        output.on('line', look);
        child.on('close', () => reject(new Error(`ended before ${pattern}: ${[...lines, ...errors].join('\n')}`)));
      }),
    async ended() {
      const [code] = (await closed) as [number | null];
      return { code, errors: errors.join('\n') };
    },
  };
}
