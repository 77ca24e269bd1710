import { type Command, InvalidArgumentError, Option } from 'commander';
import { checkAgainstModel } from '../../study/model-check.ts';
import { previewOf } from '../../study/preview.ts';
import type { Sweep } from '../../study/spec.ts';
import { readEncoderConfig } from '../../trainer/encoder/config.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { previewText } from '../preview-text.ts';
import { readSweep } from '../submit.ts';

interface Options {
  readonly file: string;
  readonly model?: string;
  readonly secondsPerStep: number;
  readonly output: 'text' | 'json';
}

export function addPreviewCommand(program: Command): void {
  program
    .command('preview')
    .description('Simulate a sweep and show what it searches, how many trials get how far, and what that costs. Runs nothing.')
    .requiredOption('-f, --file <file>', 'the sweep as YAML; - reads standard input')
    .option(
      '--model <folder>',
      "the model, in Hugging Face layout; only its config.json is read. Default: the sweep's own, if it is a folder",
    )
    .option('--seconds-per-step <seconds>', 'of an optimizer step that trains every layer', aboveZero, 1)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(preview);
}

function preview({ file, model, secondsPerStep, output }: Options): void {
  const sweep = readSweep(file);
  const folder = model ?? ownModel(sweep);
  const shape = folder === undefined ? undefined : { layers: readEncoderConfig(folder).layers };
  if (shape === undefined && needsModel(sweep))
    throw new CommandFailure(`${file}: a layerwise parameter needs the model; name its folder with --model`, exitCodes.usage);
  checkAgainstModel(sweep, shape);
  const seen = previewOf(sweep, shape, secondsPerStep);
  process.stdout.write(`${output === 'json' ? JSON.stringify(seen, null, 2) : previewText(sweep, seen, secondsPerStep)}\n`);
}

/** The built-in trainer's model, unless it lies in S3, which a preview does not ask. */
function ownModel({ spec: { trialTemplate } }: Sweep): string | undefined {
  const { model } = trialTemplate.trainer;
  return trialTemplate.command === undefined && typeof model === 'string' && !model.startsWith('s3://') ? model : undefined;
}

const needsModel = ({ spec }: Sweep): boolean => spec.parameters.some(({ searchSpace }) => searchSpace.layerwise !== undefined);

function aboveZero(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError(`must be a number above 0, got ${text}`);
}
