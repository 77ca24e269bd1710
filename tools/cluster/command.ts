import { run } from '../../trainer/native/command.ts';

/** Runs a short program of the system to its end. @returns what it printed @throws {CommandFailed} */
export function command(program: string, ...args: readonly string[]): Promise<string> {
  return run({ doing: program, program, args, say: () => {} });
}

/** The same with this standard input. */
export function commandWith(input: string, program: string, ...args: readonly string[]): Promise<string> {
  return run({ doing: program, program, args, input, say: () => {} });
}
