import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The program to run is not on this machine. Never retried: every trial would end so. */
export class CommandNotFound extends Error {
  override readonly name = 'CommandNotFound';
  constructor(program: string, searched: string) {
    super(`trainer command ${JSON.stringify(program)}: no such program in ${searched}: correct spec.trialTemplate.command, or install it`);
  }
}

/** @throws {CommandNotFound} */
export function checkCommand(command: readonly string[], environment: Readonly<Record<string, string>>): void {
  const [program = ''] = command;
  const searched = program.includes('/') ? process.cwd() : (environment.PATH ?? '');
  const places = program.includes('/') ? [program] : searched.split(delimiter).map((folder) => join(folder, program));
  if (program === '' || !places.some(isProgram)) throw new CommandNotFound(program, searched);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // not there, or not ours to run: another place may have it
  }
}

/** A trainer gets the address of its trial, access to S3, and where a program finds its own things. Nothing of the worker's. */
export function trainerEnvironment(all: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const passed = Object.entries(all).filter(([name, value]) => value !== undefined && /^(AWS_|XDG_|PATH$|HOME$)/.test(name));
  return Object.fromEntries(passed) as Record<string, string>;
}
