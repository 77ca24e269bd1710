import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { openSweepFolder, type SweepFolder } from '../../results/sweep-folder.ts';
import type { Summary } from '../../study/summary.ts';
import { type ClusterFlags, withClusterFlags } from '../cluster-flags.ts';
import { CommandFailure } from '../failure.ts';
import { importanceText } from '../importance-table.ts';
import { summaryText } from '../report.ts';
import { withTarget } from '../target.ts';
import { print } from './inspect.ts';

interface Output extends ClusterFlags {
  readonly output: 'text' | 'json';
}

/** What a finished sweep found. */
export function addFindingsCommands(program: Command): void {
  const format = new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text');
  withClusterFlags(program.command('best'))
    .description('Show what a finished sweep found.')
    .argument('[sweep]', 'name or id; default: the newest')
    .addOption(format)
    .action((wanted: string | undefined, { output, ...flags }: Output) =>
      withFinished(wanted, flags, (summary, folder) => print(output, summary, () => summaryText(summary, folder.address))),
    );
  withClusterFlags(program.command('importance'))
    .description('Show which settings and layers mattered in a finished sweep.')
    .argument('[sweep]', 'name or id; default: the newest')
    .addOption(format)
    .action((wanted: string | undefined, { output, ...flags }: Output) =>
      withFinished(wanted, flags, (summary) => print(output, summary.importance ?? null, () => importanceText(summary))),
    );
  withClusterFlags(program.command('report'))
    .description('Fetch the report of a finished sweep: one HTML page that needs nothing else.')
    .argument('[sweep]', 'name or id; default: the newest')
    .option('-o, --output <file>', 'where to write it; default: <name>.html, and - is standard output')
    .action(report);
}

function report(wanted: string | undefined, { output, ...flags }: ClusterFlags & { readonly output?: string }): Promise<void> {
  return withFinished(wanted, flags, async (_, folder, name) => {
    const page = await folder.readReport();
    if (page === undefined) throw new CommandFailure(`${folder.address} holds no report/index.html`);
    const file = output ?? `${name}.html`;
    if (file === '-') return void process.stdout.write(page);
    writeFileSync(file, page);
    process.stdout.write(`${file}\n`);
  });
}

async function withFinished(
  wanted: string | undefined,
  flags: ClusterFlags,
  work: (summary: Summary, folder: SweepFolder, name: string) => void | Promise<void>,
): Promise<void> {
  await withTarget(wanted, flags, async (target) => {
    const folder = openSweepFolder(target.store, target.folder());
    const summary = (await folder.readSummary()) as Summary | undefined;
    if (summary === undefined)
      throw new CommandFailure(`${target.id} has not finished: \`permafrost get ${target.id}\` shows the best so far`);
    await work(summary, folder, target.name);
  });
}
