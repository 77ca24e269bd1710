import type { ScheduleHandle } from '@temporalio/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { NightSchedule, StudyKey } from '../../k8s/cron-sweep/night-schedules.ts';
import type { System } from '../connection.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { backfillOverlap, listStudies, nightSchedules, overlapOf, scheduleId } from '../night-schedules.ts';
import { checkInputs, readCronSweep } from '../submit.ts';
import { shown, table } from '../table.ts';
import { print, withSystem } from './inspect.ts';

interface OfStudy {
  readonly namespace: string;
}

/** Nightly studies: schedules in Temporal, whether they come from CronSweep objects or were made from here. */
export function addCronCommands(program: Command): void {
  const cron = program.command('cron').description('Nightly studies: sweeps that start by a schedule and learn from those before them.');
  const command = (name: string, description: string): Command => cron.command(name).description(description);
  const onStudy = (name: string, description: string): Command =>
    command(name, description).argument('<study>', 'name of the CronSweep').option('-n, --namespace <name>', 'its namespace', 'default');

  command('apply', 'Make a schedule, or have it follow the file. Where the controller runs, `kubectl apply` does that.')
    .requiredOption('-f, --file <file>', 'the CronSweep as YAML; - reads standard input')
    .action(applyStudy);
  command('list', 'List nightly studies with their last and next nights.')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(list);
  onStudy('trigger', 'Start a night now.').action(trigger);
  onStudy('backfill', 'Start the nights of a time that is past, one after the other.')
    .requiredOption('--from <time>', 'such as 2026-11-01T00:00Z; included', time)
    .requiredOption('--to <time>', 'included', time)
    .action(backfill);
  onStudy('pause', 'Start no night until `resume`; what runs goes on.')
    .option('--note <text>', 'why', 'paused with permafrost cron pause')
    .action((name: string, { note, ...of }: OfStudy & { readonly note: string }) =>
      steer({ ...of, name }, 'paused', (schedule) => schedule.pause(note)),
    );
  onStudy('resume', 'Start nights again.').action(resume);
  onStudy('delete', 'Delete a schedule that `cron apply` made. Sweeps and results stay.').action(remove);
}

async function applyStudy({ file }: { readonly file: string }): Promise<void> {
  const cronSweep = readCronSweep(file);
  await withSystem(async ({ client, store }) => {
    const schedules = nightSchedules(client);
    const there = await schedules.find(cronSweep.metadata);
    refuseForeign(there, cronSweep.metadata);
    refuseOwned(there, 'edit that: `kubectl apply`');
    await checkInputs({ ...cronSweep, kind: 'Sweep', spec: cronSweep.spec.sweepTemplate.spec }, () => store);
    await (there === undefined ? schedules.create(cronSweep) : schedules.update(cronSweep));
    const { paused, next } = await found(client, cronSweep.metadata);
    const when = paused || next[0] === undefined ? 'no night is due' : `the next night is due at ${next[0].toISOString()}`;
    process.stdout.write(`${scheduleId(cronSweep.metadata)}: ${there === undefined ? 'created' : 'updated'}; ${when}\n`);
  });
}

async function list({ output }: { readonly output: 'text' | 'json' }): Promise<void> {
  await withSystem(async ({ client }) => {
    const studies = await Promise.all((await listStudies(client)).map(async (key) => ({ ...key, ...(await found(client, key)) })));
    const cells = studies.map(({ namespace, name, cronSweep, paused, note, next, nights: [last], skipped }) => [
      scheduleId({ namespace, name }),
      `${cronSweep.spec.schedule} ${cronSweep.spec.timeZone}`,
      paused ? `paused (${note})` : (next[0]?.toISOString() ?? '–'),
      last?.at.toISOString() ?? '–',
      last === undefined ? '–' : last.isRunning ? 'running' : (last.problem ?? last.verdict?.result ?? 'ended'),
      shown(last?.verdict?.best),
      `${skipped.overlap + skipped.missed}`,
    ]);
    print(output, studies, () => table(['STUDY', 'SCHEDULE', 'NEXT', 'LAST', 'WAS', 'BEST', 'SKIPPED'], cells));
  });
}

async function trigger(name: string, { namespace }: OfStudy): Promise<void> {
  await steer({ namespace, name }, 'a night starts', (schedule, { cronSweep, nights }) => {
    const { concurrencyPolicy } = cronSweep.spec;
    if (concurrencyPolicy === 'Forbid' && nights.some(({ isRunning }) => isRunning)) {
      throw new CommandFailure(
        `${name}: a night still runs, and concurrencyPolicy is Forbid; wait for it, or cancel its sweep with \`permafrost stop\``,
      );
    }
    return schedule.trigger(overlapOf[concurrencyPolicy]);
  });
}

async function backfill(name: string, { namespace, from, to }: OfStudy & { readonly from: Date; readonly to: Date }): Promise<void> {
  if (from > to) throw new CommandFailure(`--to: must not be before --from, got ${to.toISOString()}`, exitCodes.usage);
  const span = `the nights from ${from.toISOString()} to ${to.toISOString()} start one after the other`;
  const start = new Date(from.getTime() - 1); // the server leaves out the first moment
  await steer({ namespace, name }, span, (schedule) => schedule.backfill({ start, end: to, overlap: backfillOverlap }));
}

async function resume(name: string, { namespace }: OfStudy): Promise<void> {
  await steer({ namespace, name }, 'nights start again', (schedule, { cronSweep }) => {
    if (cronSweep.spec.suspend) throw new CommandFailure(`${name}: spec.suspend is true; set it to false and apply that`);
    return schedule.unpause('resumed with permafrost cron resume'); // with an empty note the server does nothing
  });
}

async function remove(name: string, { namespace }: OfStudy): Promise<void> {
  await steer({ namespace, name }, 'deleted', (schedule, there) => {
    refuseOwned(there, 'delete that: `kubectl delete`');
    return schedule.delete();
  });
}

function steer(key: StudyKey, done: string, act: (schedule: ScheduleHandle, there: NightSchedule) => Promise<void>): Promise<void> {
  return withSystem(async ({ client }) => {
    await act(client.schedule.getHandle(scheduleId(key)), await found(client, key));
    process.stdout.write(`${scheduleId(key)}: ${done}\n`);
  });
}

async function found(client: System['client'], key: StudyKey): Promise<NightSchedule> {
  const there = await nightSchedules(client).find(key);
  refuseForeign(there, key);
  if (there !== undefined) return there;
  const studies = (await listStudies(client)).map(scheduleId);
  throw new CommandFailure(
    `there is no nightly study ${scheduleId(key)}; there ${studies.length === 0 ? 'are none' : `are: ${studies.join(', ')}`}`,
  );
}

type Found = Awaited<ReturnType<ReturnType<typeof nightSchedules>['find']>>;

function refuseForeign(there: Found, key: StudyKey): asserts there is Exclude<Found, 'foreign'> {
  if (there !== 'foreign') return;
  throw new CommandFailure(`the schedule ${scheduleId(key)} in Temporal starts something else than nights: give the study another name`);
}

function refuseOwned(there: NightSchedule | undefined, instead: string): void {
  if (there?.owner === undefined) return;
  throw new CommandFailure(`the schedule belongs to CronSweep ${there.owner.name} of a cluster; ${instead}`, exitCodes.usage);
}

function time(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError(`must be a time such as 2026-11-01T00:00Z, got ${text}`);
  return at;
}
