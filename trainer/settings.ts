/** The `trainer` block of a trial, checked: whoever wrote the trial file need not have been our own command line. */
import { structureProblems } from '../study/spec/structure.ts';
import { type TrainerSettings, trainerSettingsSchema } from '../study/spec/trial-template-schema.ts';
import { exitCode } from '../study/trial.ts';
import { Refusal } from './refusal.ts';

/** @throws {Refusal} that lists all that is wrong: `trainer.batchSize: must be a number, got "many"` */
export function parseSettings(block: unknown): TrainerSettings {
  const parsed = trainerSettingsSchema.safeParse(block, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = structureProblems(trainerSettingsSchema, parsed.error.issues, 'trainer');
  throw new Refusal(exitCode.badConfiguration, problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
}
