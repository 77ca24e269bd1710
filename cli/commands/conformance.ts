import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Command } from 'commander';
import { connectObjectStore } from '../../results/object-store.ts';
import { localRunner } from '../../runners/local/local-runner.ts';
import type { Assignment } from '../../study/trial.ts';
import { startObjectServer } from '../../tools/servers.ts';
import { type ConformanceOptions, checkConformance } from '../conformance/conformance.ts';
import { useObjectServer } from '../connection.ts';
import { exitCodes } from '../failure.ts';
import { atLeastOne, jsonObject, rungList } from './arguments.ts';

interface Flags {
  readonly rungs: readonly number[];
  readonly metric: string;
  readonly assignment: Assignment;
  readonly trainer: Readonly<Record<string, unknown>>;
  readonly wait: number;
}

export function addConformanceCommand(program: Command): void {
  program
    .command('conformance')
    .description('Check that a program keeps the trainer contract, on an S3 server of its own.')
    .argument('<command...>', 'the program and its arguments, after --')
    .option('--rungs <steps>', 'at least three numbers of steps', rungList, [20, 40, 60])
    .option('--metric <name>', 'a metric that it reports', 'eval/loss')
    .option('--assignment <json>', 'parameter values that it can work with', jsonObject, {})
    .option('--trainer <json>', 'its trainer block', jsonObject, {})
    .option('--wait <seconds>', 'how long one leg may take', atLeastOne, 120)
    .addHelpText(
      'after',
      `
Example: permafrost conformance --assignment '{"learningRate": 0.1}' --trainer '{"stepSeconds": 0.05}' -- python3 examples/python-trainer/trainer.py`,
    )
    .action(conformance);
}

async function conformance(command: readonly string[], { rungs, metric, assignment, trainer, wait }: Flags): Promise<void> {
  await onOwnObjectServer(async ({ store, runner }) => {
    const trial = { rungs, objectives: [{ metric, direction: 'minimize' }], assignment, trainer } as const;
    const sweep = { id: 'conformance', folder: 's3://conformance/check' };
    let failed = 0;
    let passed = 0;
    for await (const check of checkConformance(command, { store, runner, sweep, trial, waitSeconds: wait })) {
      process.stdout.write(`${check.passed ? 'pass' : 'FAIL'}  ${check.text}\n`);
      if (check.passed) passed += 1;
      else failed += 1;
    }
    process.stdout.write(`${passed} checks passed, ${failed} failed\n`);
    if (failed > 0) process.exitCode = exitCodes.sweepFailed;
  });
}

async function onOwnObjectServer(work: (use: Pick<ConformanceOptions, 'store' | 'runner'>) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'permafrost-conformance-'));
  const keys = { accessKey: 'permafrost', secretKey: randomBytes(24).toString('hex') };
  const server = await startObjectServer({ dataFolder: path.join(folder, 's3'), ...keys });
  try {
    useObjectServer({ endpoint: server.address, ...keys });
    const store = connectObjectStore();
    await store.ensureBucket('conformance');
    const slots = [{ kind: 'cpu', threads: os.availableParallelism() }] as const;
    await work({
      store,
      runner: localRunner({
        stateFolder: path.join(folder, 'trials'),
        builtInTrainer: [],
        slots,
        store,
        environment: process.env,
        graceSeconds: 30,
      }),
    });
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
