import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Sweep } from '../../study/spec.ts';
import { connectSystem } from '../connection.ts';
import { showEnd } from '../end.ts';
import { exitCodes } from '../failure.ts';
import { untilInterrupted } from '../interrupt.ts';
import type { LocalSystem } from '../local-system.ts';
import { readSweep, submit } from '../submit.ts';
import { watchSweep } from '../watch.ts';
import { type SystemFlags, startSystem, stopAfter, withSystemFlags } from './system-flags.ts';

export function addUpCommands(program: Command): void {
  withSystemFlags(
    program.command('up').description('Start Temporal, an S3 server and a worker on this machine; Ctrl-C stops them.'),
  ).action(async (flags: SystemFlags) => {
    const interrupted = untilInterrupted(); // from now on Ctrl-C ends things in order
    const system = await startSystem(flags);
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

async function quickstart({ file, ...flags }: SystemFlags & { readonly file: string }): Promise<void> {
  const sweep = readSweep(file);
  const interrupted = untilInterrupted();
  const system = await startSystem(flags);
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
