import type { Sweep } from '../study/spec.ts';
import { CommandFailure, exitCodes } from './failure.ts';

/** What would make every trial fail, said before anything is started. @throws {CommandFailure} */
export function checkForCluster({ spec: { trialTemplate } }: Sweep, image: string | undefined): void {
  if (trialTemplate.image === undefined && image === undefined) {
    throw new CommandFailure(
      'spec.trialTemplate.image: missing; a trial on a cluster needs an image: set it, or give --image',
      exitCodes.usage,
    );
  }
  if (trialTemplate.command !== undefined) return;
  for (const field of ['model', 'data']) {
    const place = String(trialTemplate.trainer[field]);
    if (!place.startsWith('s3://')) {
      const text = `spec.trialTemplate.trainer.${field}: must be s3://bucket/prefix for trials on a cluster, got ${place}, which is a folder of this machine`;
      throw new CommandFailure(text, exitCodes.usage);
    }
  }
}
