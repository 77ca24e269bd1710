#!/usr/bin/env node
import { Command } from 'commander';
import { isPlugin } from './cluster-flags.ts';
import { addConformanceCommand } from './commands/conformance.ts';
import { addControllerCommand } from './commands/controller.ts';
import { addCronCommands } from './commands/cron.ts';
import { addDrainCommand } from './commands/drain.ts';
import { addFindingsCommands } from './commands/findings.ts';
import { addInspectCommands } from './commands/inspect.ts';
import { addMethodsCommand } from './commands/methods.ts';
import { addPreviewCommand } from './commands/preview.ts';
import { addRegisterCommand } from './commands/register.ts';
import { addRunCommands } from './commands/run.ts';
import { addSteerCommands } from './commands/steer.ts';
import { addUpCommands } from './commands/up.ts';
import { addWorkerCommand } from './commands/worker.ts';
import { exitCodes, reportFailure } from './failure.ts';
import { ownVersion } from './own-version.ts';

const program = new Command(isPlugin ? 'kubectl permafrost' : 'permafrost')
  .description('Finds which layers of a pre-trained encoder to freeze, and how fast each other layer should learn.')
  .version(ownVersion())
  .showHelpAfterError('(see permafrost --help)')
  .exitOverride((outcome) => process.exit(outcome.exitCode === 0 ? exitCodes.done : exitCodes.usage))
  .addHelpText(
    'after',
    `
Exit codes: 0 done, 1 unexpected error, 2 wrong use or invalid sweep, 3 the sweep failed or was cancelled, 4 something that must be there is not, 130 interrupted.
Servers: those of \`permafrost up\` on this machine, or the ones named by TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the standard AWS_* variables.`,
  );
addUpCommands(program);
addWorkerCommand(program);
addRegisterCommand(program);
addControllerCommand(program);
addDrainCommand(program);
addRunCommands(program);
addPreviewCommand(program);
addInspectCommands(program);
addFindingsCommands(program);
addSteerCommands(program);
addMethodsCommand(program);
addCronCommands(program);
addConformanceCommand(program);

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error; // whoever read us has seen enough, as `| head` does
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
process.exit(); // what still asks or waits has nobody left to tell
