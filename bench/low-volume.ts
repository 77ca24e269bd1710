/**
 * The low-volume study: every way of fine-tuning with 300, 500 and 1,000 labelled examples, each as a sweep that chooses its settings and is scored on
 * held-out text. `docs/low-volume.md` is made of what the sweeps report, anew after each. `--quick` runs six methods with 300 examples. Interrupted, it
 * goes on where it was when it is started again; sweeps that have ended are not run again, on another machine neither.
 */
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { startSystem, stopAfter } from '../cli/commands/system-flags.ts';
import { connectSystem, runningSystem, type System } from '../cli/connection.ts';
import { CommandFailure, exitCodes, reportFailure } from '../cli/failure.ts';
import { untilInterrupted } from '../cli/interrupt.ts';
import { ownVersion } from '../cli/own-version.ts';
import { folderOf } from '../cli/start-sweep.ts';
import { submit } from '../cli/submit.ts';
import { duration } from '../cli/table.ts';
import { watchSweep } from '../cli/watch.ts';
import { writeMethodPages } from '../docs/methods.ts';
import { formatAddress, parseAddress } from '../results/address.ts';
import { openSweepFolder } from '../results/sweep-folder.ts';
import type { Sweep } from '../study/spec.ts';
import type { Summary } from '../study/summary.ts';
import { ensureStudyData } from '../tools/datasets/study-data.ts';
import { cacheFolder } from '../tools/folders.ts';
import { loadDataset } from '../trainer/data/dataset.ts';
import { readEncoderConfig } from '../trainer/encoder/config.ts';
import { fileDigest } from '../trainer/prefix/name.ts';
import { frozenAnswers, profileAnswers, rateAnswers } from './low-volume/answers.ts';
import { armsFor } from './low-volume/arms.ts';
import { type Failure, type Finding, type Findings, findingOf } from './low-volume/findings.ts';
import { readFound, sweepIdOf, writeFindings } from './low-volume/record.ts';
import { type Cell, cellsOf, type Inputs, plannedSteps, quick, type Scope, startedWith, sweepOf, whole } from './low-volume/sweeps.ts';

const slots = 2;
const machine = { processor: os.cpus()[0]?.model ?? 'unknown', cores: os.availableParallelism(), slots };
const ownPage = path.join(import.meta.dirname, '../docs/low-volume.md');
const quickPage = path.join(import.meta.dirname, '../docs/low-volume-quick.md');
/** Of trainings that are shorter or longer than the study's, which nobody wants in its place. */
const otherPage = path.join(import.meta.dirname, 'out/low-volume.md');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface Study {
  readonly scope: Scope;
  /** Of its sweeps, those to run now. */
  readonly cells: readonly Cell[];
  readonly inputs: Inputs;
  /** Of the inputs' content. */
  readonly digests: Inputs;
  readonly model: Findings['model'];
  readonly data: Findings['data'];
  readonly page: string;
}

async function readStudy(): Promise<Study> {
  const { values: flags } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' }, // methods, with commas between
      steps: { type: 'string' }, // of a training: a few show whether all of it runs
      page: { type: 'string' },
    },
  });
  const cache = cacheFolder(process.env);
  const inputs = { model: path.join(cache, 'models/minilm-l6'), data: ensureStudyData({ cacheFolder: cache, say }) };
  const { layers } = readEncoderConfig(inputs.model);
  const base = flags.quick ? quick : whole;
  const steps = flags.steps === undefined ? base.steps : Number(flags.steps);
  if (!Number.isInteger(steps) || steps < 3)
    throw new CommandFailure(`--steps: must be a whole number of at least 3, got ${flags.steps}`, exitCodes.usage);
  const scope = { ...base, steps };
  const arms = flags.only?.split(',') ?? scope.arms;
  const known = armsFor(layers).map(({ name }) => name);
  const unknown = arms?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new CommandFailure(`--only: must be some of ${known.join(', ')}, got ${unknown}`, exitCodes.usage);
  const dataset = await loadDataset(inputs.data);
  const { name, source, labels, train, selection, heldOut } = dataset;
  return {
    scope,
    cells: cellsOf({ ...scope, ...(arms && { arms }) }, { layers }),
    inputs,
    digests: {
      model: fileDigest(path.join(inputs.model, 'model.safetensors')),
      data: createHash('sha256').update(JSON.stringify(dataset)).digest('hex'),
    },
    model: { name: path.basename(inputs.model), layers },
    data: { name, source, labels: labels.length, train: train.length, selection: selection.length, heldOut: heldOut.length },
    page: flags.page ?? (flags.steps !== undefined ? otherPage : flags.quick ? quickPage : ownPage),
  };
}

async function run(study: Study, system: System): Promise<void> {
  const { scope, cells, page, digests } = study;
  const idOf = (cell: Cell): string => sweepIdOf(cell, scope, digests, ownVersion());
  const all = cellsOf(scope, study.model);
  const earlier = new Map(readFound(page).map((finding) => [finding.sweep, finding]));
  const found = new Map(all.map(idOf).flatMap((id) => (earlier.has(id) ? [[id, earlier.get(id)!] as const] : [])));
  if (found.size > 0) say(`${found.size} of ${all.length} sweeps have ended before, as ${page} has it`);
  if (found.size < earlier.size)
    say(`${earlier.size - found.size} sweeps there had other settings, inputs or versions: the page loses them`);
  const failed: Failure[] = [];
  const findings = (): Findings => {
    const { model, data } = study;
    const inOrder = all.flatMap((cell) => found.get(idOf(cell)) ?? []);
    return { scope, model, data, version: ownVersion(), found: inOrder, failed };
  };

  const left = cells.filter((cell) => !found.has(idOf(cell)));
  const began = performance.now();
  let [done, ahead] = [0, left.reduce((sum, cell) => sum + plannedSteps(cell, scope), 0)];
  for (const [index, cell] of left.entries()) {
    const elapsed = (performance.now() - began) / 1000;
    const rest = done === 0 ? '' : `, about ${duration((elapsed / done) * ahead)} left`;
    const { arm, size } = cell;
    say(`\n[${index + 1}/${left.length}] ${arm.title}, ${size} examples (${duration(elapsed)} so far${rest})`);
    const sweep = begunWith(cell, sweepOf(cell, scope, study.inputs), [...found.values()], study);
    const end = await ended(idOf(cell), sweep, system);
    if (end.summary === undefined) failed.push({ arm: arm.name, title: arm.title, size, message: end.message });
    else {
      found.set(idOf(cell), await findingOf(openSweepFolder(system.store, end.folder), end.summary, cell, machine));
      await removeModels(end.folder, system);
    }
    publish(findings(), page);
    ahead -= plannedSteps(cell, scope);
    if (!end.wasKnown) done += plannedSteps(cell, scope);
  }
  const files = publish(findings(), page);
  tell(findings());
  say(`${duration((performance.now() - began) / 1000)}\n${files.join('\n')}`);
}

/** Rates for each layer begin with the best rates that layer-wise decay has found. */
function begunWith({ arm, size }: Cell, sweep: Sweep, found: readonly Finding[], { model }: Study): Sweep {
  const decay = found.find((finding) => finding.arm === 'llrd' && finding.size === size);
  if (arm.name !== 'per-layer' || decay === undefined) return sweep;
  const { trial, layers } = decay.best;
  return startedWith(sweep, { sweep: decay.sweep, trial, layers }, model);
}

type End = { readonly wasKnown: boolean; readonly folder: string } & (
  | { readonly summary: Summary; readonly message?: never }
  | { readonly summary?: never; readonly message: string }
);

/** Runs a sweep to its end, goes on with one that was begun, or finds what it found. */
async function ended(id: string, sweep: Sweep, system: System): Promise<End> {
  const folder = folderOf({ id, sweep });
  await system.store.ensureBucket(parseAddress(folder).bucket);
  const known = (await openSweepFolder(system.store, folder).readSummary()) as Summary | undefined;
  if (known?.outcome.result === 'succeeded') {
    say(`  found in ${folder}`);
    return { wasKnown: true, folder, summary: known };
  }
  try {
    await submit(sweep, system, id.split('.').at(-1));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    say('  goes on');
  }
  const end = await watchSweep(system.client, id, process.stdout);
  if (end.result === 'succeeded') return { wasKnown: false, folder, summary: end.summary };
  say(`  ${end.result}: ${end.message}`);
  return { wasKnown: false, folder, message: end.message };
}

/** Of the final trainings: 90 MB each, and there are hundreds. The best one of the sweep is kept. */
async function removeModels(folder: string, { store }: System): Promise<void> {
  const models = new Set<string>();
  for await (const { address } of store.list(parseAddress(`${folder}/trials`))) {
    const [model] = /^.*\/trials\/\d+\/model(?=\/)/.exec(formatAddress(address)) ?? [];
    if (model !== undefined) models.add(model);
  }
  for (const model of models) await store.removeAll(parseAddress(model));
}

/** The pages of methods tell of it, too. */
function publish(findings: Findings, page: string): readonly string[] {
  const files = writeFindings(findings, page);
  if (page === ownPage || page === quickPage) writeMethodPages();
  return files;
}

function tell(findings: Findings): void {
  for (const sentence of [...rateAnswers(findings), ...profileAnswers(findings), ...frozenAnswers(findings)])
    say(sentence.replaceAll('*', ''));
  if (findings.failed.length > 0) process.exitCode = exitCodes.sweepFailed;
}

async function main(): Promise<void> {
  const study = await readStudy();
  const interrupted = untilInterrupted().then(() => {
    process.exitCode = exitCodes.interrupted;
    say('\nInterrupted: the same command goes on from here.');
  });
  const work = async (): Promise<void> => {
    const system = await connectSystem();
    await Promise.race([run(study, system).then(system.close), interrupted]); // interrupted, it still asks over the connection
  };
  if (process.env.TEMPORAL_ADDRESS !== undefined || runningSystem() !== undefined) return work();
  const free = { temporalPort: 0, uiPort: 0, s3Port: 0 };
  await stopAfter(await startSystem({ ...free, slots, gpus: [], namespace: 'default' }), work());
}

try {
  await main();
} catch (error) {
  process.exitCode = reportFailure(error);
}
process.exit(); // what was interrupted still waits for its sweep
