import type { Assignment } from './trial.ts';

/** Settings of the built-in trainer that a parameter of the same name can search. */
export const tunableSettings = ['batchSize', 'maxLength', 'weightDecay', 'warmup', 'clipNorm'] as const;

interface TrialTemplate {
  readonly command?: readonly string[];
  readonly trainer: Readonly<Record<string, unknown>>;
}

/** The `trainer` block of a trial. A program of one's own gets it as written, and reads the assignment by itself. */
export function trainerBlockOf({ command, trainer }: TrialTemplate, assignment: Assignment): Readonly<Record<string, unknown>> {
  if (command !== undefined) return trainer;
  const searched = tunableSettings.filter((name) => assignment[name] !== undefined).map((name) => [name, assignment[name]]);
  return { ...trainer, ...Object.fromEntries(searched) };
}
