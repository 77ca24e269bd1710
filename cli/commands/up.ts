import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Sweep } from '../../study/spec.ts';
import { connectSystem } from '../connection.ts';
import { showEnd } from '../end.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { untilInterrupted } from '../interrupt.ts';
import { type LocalSystem, type LocalSystemOptions, slotsOf, startLocalSystem } from '../local-system.ts';
import { readSweep, submit } from '../submit.ts';
import { watchSweep } from '../watch.ts';
import { atLeastOne, port } from './arguments.ts';

interface UpFlags {
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly s3Port: number;
  readonly slots: number;
  readonly gpus: readonly string[];
}

export function addUpCommands(program: Command): void {
  withSystemFlags(
    program.command('up').description('Start Temporal, an S3 server and a worker on this machine; Ctrl-C stops them.'),
  ).action(async (flags: UpFlags) => {
    const interrupted = untilInterrupted(); // from now on Ctrl-C ends things in order
    const system = await start(flags);
    process.stdout.write(
      'Ready: submit with `permafrost run -f examples/minilm-sections.yaml`. Ctrl-C stops; sweeps go on at the next start.\n',
    );
    await stopAfter(system, interrupted);
  });
  withSystemFlags(
    program
      .command('quickstart')
      .description(
        'Start everything, run the example sweep, show what it found. Then the servers stay until Ctrl-C; with CI=true it ends by itself.',
      )
      .option('-f, --file <file>', 'another sweep', fileURLToPath(new URL('../../examples/minilm-sections.yaml', import.meta.url))),
  ).action(quickstart);
}

async function quickstart({ file, ...flags }: UpFlags & { readonly file: string }): Promise<void> {
  const sweep = readSweep(file);
  const interrupted = untilInterrupted();
  const system = await start(flags);
  await stopAfter(system, runAndShow(sweep, system, interrupted));
}

/** Submits, watches and shows a sweep; then waits for Ctrl-C, unless this is a CI run. */
async function runAndShow(sweep: Sweep, { ui }: LocalSystem, interrupted: Promise<void>): Promise<void> {
  const servers = await connectSystem();
  const submitted = await submit(sweep, servers);
  const page = `${ui}/namespaces/default/workflows/${submitted.id}`;
  process.stdout.write(`\nSweep ${submitted.id}\n  watch it at ${page}\n\n`);
  const end = await Promise.race([watchSweep(servers.client, submitted.id, process.stdout), interrupted]);
  if (end === undefined) {
    process.exitCode = exitCodes.interrupted;
    process.stdout.write('\nInterrupted: the sweep goes on at the next `permafrost up`.\n');
    return;
  }
  process.exitCode = await showEnd(end, submitted, servers);
  process.stdout.write(`\nTemporal UI: ${page}\n`);
  if (process.env.CI === 'true') return;
  process.stdout.write('The servers stay up until Ctrl-C. In another terminal: `npm run permafrost -- trials`, `-- best`, `-- logs 0`.\n');
  await interrupted;
}

async function start({ temporalPort, uiPort, s3Port, slots, gpus }: UpFlags): Promise<LocalSystem> {
  const options: LocalSystemOptions = { temporalPort, uiPort, s3Port, slots: slotsOf({ slots, gpus }) };
  process.stdout.write('Starting Temporal, the S3 server and the worker …\n');
  const system = await startLocalSystem(options);
  process.stdout.write(`  Temporal UI  ${system.ui}\n  S3 server    ${system.s3}\n  worker       ${describeSlots(options)}\n`);
  return system;
}

async function stopAfter(system: LocalSystem, work: Promise<void>): Promise<void> {
  try {
    await Promise.race([work, system.broken.then(fail)]);
    process.stdout.write('\nStopping; a running trial writes a checkpoint first …\n');
  } finally {
    await system.stop();
  }
}

function fail(what: string): never {
  throw new CommandFailure(what, exitCodes.unavailable);
}

function describeSlots({ slots }: LocalSystemOptions): string {
  const [first] = slots;
  return first?.kind === 'gpu'
    ? `one trial on each of ${slots.length} GPUs`
    : `${slots.length} trials at a time, ${first?.threads} threads each`;
}

function withSystemFlags(command: Command): Command {
  return command
    .option('--temporal-port <port>', 'port of Temporal; 0 takes a free one', port, 7233)
    .option('--ui-port <port>', 'port of the Temporal UI', port, 8233)
    .option('--s3-port <port>', 'port of the S3 server', port, 7070)
    .option('--slots <count>', 'trials that run at a time on the CPU; they share the cores', atLeastOne, 2)
    .option('--gpus <list>', 'GPUs to use, one trial each, such as 0,1', (list: string) => list.split(','), []);
}
