import type { Command } from 'commander';
import { connectObjectStore } from '../../results/object-store.ts';
import { searchSpaceOf } from '../../study/space.ts';
import { warningsOf } from '../../study/spec/warnings.ts';
import { planOf } from '../../study/sweep-plan.ts';
import { connectSystem, runningSystem, useObjectServer } from '../connection.ts';
import { showEnd } from '../end.ts';
import { checkInputs, readSweep, submit } from '../submit.ts';
import { watchSweep } from '../watch.ts';

export function addRunCommands(program: Command): void {
  program
    .command('run')
    .description('Submit a sweep and show its progress. Ctrl-C stops watching; the sweep goes on.')
    .requiredOption('-f, --file <file>', 'the sweep as YAML; - reads standard input')
    .option('--detach', 'submit and return at once')
    .action(run);
  program
    .command('validate')
    .description('Check a sweep, its model and its data without running anything.')
    .requiredOption('-f, --file <file>', 'the sweep as YAML; - reads standard input')
    .action(validate);
}

async function run({ file, detach }: { readonly file: string; readonly detach?: true }): Promise<void> {
  const sweep = readSweep(file);
  const system = await connectSystem();
  try {
    const submitted = await submit(sweep, system);
    process.stdout.write(`${submitted.id}\n`);
    if (system.ui !== undefined) process.stdout.write(`  ${system.ui}/namespaces/default/workflows/${submitted.id}\n`);
    if (detach) return;
    const end = await watchSweep(system.client, submitted.id, process.stdout);
    process.exitCode = await showEnd(end, submitted, system);
  } finally {
    await system.close();
  }
}

async function validate({ file }: { readonly file: string }): Promise<void> {
  const sweep = readSweep(file);
  const model = await checkInputs(sweep, () => {
    const local = process.env.AWS_ENDPOINT_URL === undefined ? runningSystem() : undefined;
    if (local !== undefined) useObjectServer(local.s3);
    return connectObjectStore({ patienceSeconds: 10 });
  });
  for (const warning of warningsOf(sweep, model)) process.stderr.write(`warning: ${warning}\n`);
  const { numTrials, rungs } = planOf(sweep);
  const dimensions = searchSpaceOf(sweep.spec.parameters, model).map(({ name }) => name);
  process.stdout.write(
    `${file}: valid; ${numTrials} trials over ${dimensions.length} dimensions (${dimensions.join(', ')}), rungs at ${rungs.join(', ')} steps\n`,
  );
}
