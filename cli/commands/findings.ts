import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { openSweepFolder, type SweepFolder } from '../../results/sweep-folder.ts';
import type { Summary } from '../../study/summary.ts';
import { CommandFailure } from '../failure.ts';
import { findSweep } from '../find-sweep.ts';
import { importanceText } from '../importance-table.ts';
import { summaryText } from '../report.ts';
import { print, withSystem } from './inspect.ts';

interface Output {
  readonly output: 'text' | 'json';
}

/** What a finished sweep found. */
export function addFindingsCommands(program: Command): void {
  const format = new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text');
  program
    .command('best')
    .description('Show what a finished sweep found.')
    .argument('[sweep]', 'name or id; default: the newest')
    .addOption(format)
    .action((wanted: string | undefined, { output }: Output) =>
      withFinished(wanted, (summary, folder) => print(output, summary, () => summaryText(summary, folder.address))),
    );
  program
    .command('importance')
    .description('Show which settings and layers mattered in a finished sweep.')
    .argument('[sweep]', 'name or id; default: the newest')
    .addOption(format)
    .action((wanted: string | undefined, { output }: Output) =>
      withFinished(wanted, (summary) => print(output, summary.importance ?? null, () => importanceText(summary))),
    );
  program
    .command('report')
    .description('Fetch the report of a finished sweep: one HTML page that needs nothing else.')
    .argument('[sweep]', 'name or id; default: the newest')
    .option('-o, --output <file>', 'where to write it; default: <name>.html, and - is standard output')
    .action(report);
}

function report(wanted: string | undefined, { output }: { readonly output?: string }): Promise<void> {
  return withFinished(wanted, async (_, folder, name) => {
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
  work: (summary: Summary, folder: SweepFolder, name: string) => void | Promise<void>,
): Promise<void> {
  await withSystem(async ({ client, store }) => {
    const sweep = await findSweep(client, wanted);
    const folder = openSweepFolder(store, sweep.folder);
    const summary = (await folder.readSummary()) as Summary | undefined;
    if (summary === undefined)
      throw new CommandFailure(`${sweep.id} has not finished: \`permafrost get ${sweep.id}\` shows the best so far`);
    await work(summary, folder, sweep.name);
  });
}
