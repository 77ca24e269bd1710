import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { openSweepFolder } from '../../results/sweep-folder.ts';
import type { Progress } from '../../study/progress.ts';
import { trialRows } from '../../study/trial-rows.ts';
import { progress } from '../../workflows/sweep.ts';
import { type ClusterFlags, namesCluster, withClusterFlags } from '../cluster-flags.ts';
import { connectSystem, type System } from '../connection.ts';
import { CommandFailure } from '../failure.ts';
import { type FoundSweep, findSweep, listSweeps } from '../find-sweep.ts';
import { queuedTrials } from '../queued.ts';
import { trialTable } from '../report.ts';
import { duration, shown, table } from '../table.ts';
import { withTarget } from '../target.ts';
import { atLeastZero } from './arguments.ts';

interface Output extends ClusterFlags {
  readonly output: 'text' | 'json';
}

export function addInspectCommands(program: Command): void {
  const output = new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text');
  withClusterFlags(program.command('get'))
    .description('List sweeps, newest first.')
    .argument('[sweep]', 'name or id')
    .addOption(output)
    .action(get);
  withClusterFlags(program.command('trials'))
    .description('List the trials of a sweep.')
    .argument('[sweep]', 'name or id; default: the newest')
    .addOption(output)
    .action(trials);
  withClusterFlags(program.command('logs'))
    .description("Print a trial's logs, all attempts in order.")
    .argument('<trial>', 'number of the trial', atLeastZero)
    .argument('[sweep]', 'name or id; default: the newest')
    .action(logs);
}

async function get(wanted: string | undefined, { output, ...flags }: Output): Promise<void> {
  if (namesCluster(flags)) {
    const { objectTable, openSweepObjects, pick } = await import('../sweep-objects.ts'); // its library takes most of a second to load
    const objects = openSweepObjects(flags);
    const all = await objects.list().finally(objects.close);
    const found = wanted === undefined ? all : [pick(all, wanted)].filter((object) => object !== undefined);
    if (wanted !== undefined && found.length === 0) throw new CommandFailure(`there is no Sweep ${wanted} in ${objects.description}`);
    return print(output, found, () => objectTable(found));
  }
  await withSystem(async ({ client }) => {
    const sweeps = wanted === undefined ? await listSweeps(client) : [await findSweep(client, wanted)];
    const rows = await Promise.all(sweeps.map(async (sweep) => ({ ...sweep, progress: await progressOf(sweep) })));
    const cells = rows.map(({ id, status, startedAt, closedAt, progress: seen }) => [
      id,
      seen?.paused ? 'PAUSED' : status,
      seen ? `${seen.suggested}/${seen.numTrials}` : '–',
      seen ? seen.running.length : '–',
      seen ? shown(seen.best[0]?.value) : '–',
      duration(((closedAt ?? new Date()).getTime() - startedAt.getTime()) / 1000),
    ]);
    print(output, rows, () => table(['SWEEP', 'STATUS', 'TRIALS', 'RUNNING', 'BEST', 'AGE'], cells));

    /** Needs a worker; without one the rest is still worth showing. */
    async function progressOf({ id }: FoundSweep): Promise<Progress | undefined> {
      const answer = client.workflow.getHandle(id).query<Progress, []>(progress);
      const late = delay(3_000, undefined, { ref: false });
      return Promise.race([answer, late]).catch(() => undefined);
    }
  });
}

async function trials(wanted: string | undefined, { output, ...flags }: Output): Promise<void> {
  await withTarget(wanted, flags, async (target) => {
    const folder = openSweepFolder(target.store, target.folder());
    const rows = trialRows(await folder.readLog());
    const { objectives } = (await folder.read()).sweep.spec;
    const running = rows.filter(({ state }) => state === 'running').map(({ trial }) => trial);
    const queued = running.length === 0 ? new Map<number, string>() : await queuedTrials(await target.client(), target.id, running);
    const shownRows = rows.map((row) => ({ ...row, ...(queued.has(row.trial) && { queued: queued.get(row.trial) }) }));
    print(output, shownRows, () => trialTable(rows, objectives, queued));
  });
}

async function logs(trial: number, wanted: string | undefined, flags: ClusterFlags): Promise<void> {
  await withTarget(wanted, flags, async (target) => {
    const found = await openSweepFolder(target.store, target.folder()).trial(trial).readLogs();
    if (found.length === 0)
      throw new CommandFailure(`trial ${trial} of ${target.id} has no log: \`permafrost trials ${target.id}\` lists its trials`);
    for (const { attempt, text } of found) process.stdout.write(`--- trial ${trial}, attempt ${attempt}\n${text}`);
  });
}

export function print(output: Output['output'], value: unknown, text: () => string): void {
  process.stdout.write(`${output === 'json' ? JSON.stringify(value, null, 2) : text()}\n`);
}

export async function withSystem(work: (system: System) => Promise<void>): Promise<void> {
  const system = await connectSystem();
  try {
    await work(system);
  } finally {
    await system.close();
  }
}
