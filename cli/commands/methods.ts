import type { Command } from 'commander';
import { type MethodName, methodNames, methods } from '../../study/methods/methods.ts';
import { suggestion } from '../../study/spec/nearest.ts';
import { CommandFailure } from '../failure.ts';
import { methodText } from '../method-text.ts';
import { table } from '../table.ts';

/** What ways of fine-tuning there are. */
export function addMethodsCommand(program: Command): void {
  const command = program.command('methods').description('List the ways of fine-tuning that a sweep can choose and tune.').action(list);
  command
    .command('show')
    .description('Show what a method does, its settings and its source.')
    .argument('<method>', 'its name')
    .action(show);
}

function list(): void {
  const rows = methodNames.map((name) => {
    const { title, family, settings, source } = methods[name];
    return [name, title, family, Object.keys(settings.shape).join(', ') || '–', source.split(';')[0]!.split(', arXiv')[0]!];
  });
  process.stdout.write(`${table(['METHOD', 'TITLE', 'DECIDES', 'SETTINGS', 'SOURCE'], rows)}\n`);
  process.stdout.write('\nAll of them go with every layer configuration; `permafrost methods show <method>` tells more.\n');
}

function show(name: string): void {
  if (!isMethod(name)) throw new CommandFailure(`there is no method ${name}; ${suggestion(name, methodNames)}`);
  process.stdout.write(`${methodText(name)}\n`);
}

const isMethod = (name: string): name is MethodName => Object.hasOwn(methods, name);
