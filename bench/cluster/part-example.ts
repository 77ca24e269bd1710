/**
 * The example sweep as a person runs it on a cluster: `permafrost run --runner kubernetes -f`, with the trainer's image. Each pod asks for a GPU, of which
 * the node says that it has four, and six trials may run at a time: the scheduler lets four and leaves the others pending.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { cacheFolder } from '../../tools/folders.ts';
import { buildImage } from '../../tools/images/images.ts';
import { atMost } from '../gates.ts';
import type { Part } from './part.ts';
import { type BenchSystem, namespaces } from './system.ts';

const root = path.join(import.meta.dirname, '../..');
const gpus = 4;

export const examplePart: Part = async (system, { example }) => {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const image = await buildImage({ target: 'trainer', kind: 'cpu', cacheFolder: cacheFolder(process.env), say });
  await system.cluster.importImage(await image.save());
  const folder = mkdtempSync(path.join(os.tmpdir(), 'permafrost-example-'));
  const file = path.join(folder, 'sweep.yaml');
  writeFileSync(file, exampleWith(example));
  const began = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'cli/main.ts'), 'run', '-f', file, ...flags(system, image.name)], {
    env: { ...environment(), XDG_STATE_HOME: folder, KUBECONFIG: system.cluster.kubeconfig },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const most = { Running: 0, Pending: 0 };
  for (let code: number | null | undefined; code === undefined; ) {
    const phases = await podPhases(system);
    for (const phase of ['Running', 'Pending'] as const) {
      most[phase] = Math.max(most[phase], phases.filter((each) => each === phase).length);
    }
    code = await Promise.race([exit, sleep(500, undefined)]);
  }
  const minutes = (performance.now() - began) / 60_000;
  const deadline = Date.now() + 60_000; // the cluster clears away what has ended in its own time
  while (Date.now() < deadline && (await podPhases(system)).length > 0) await sleep(500);
  const left = await podPhases(system);
  rmSync(folder, { recursive: true, force: true });
  if (child.exitCode !== 0) throw new Error(`permafrost run ended with ${child.exitCode}`);
  return {
    title: 'The example sweep with the trainer’s image, six trials at a time on four GPUs',
    headings: ['', ''],
    rows: [
      ['minutes', minutes.toFixed(1)],
      ['pods that ran at a time, at most', `${most.Running}`],
      ['pods that waited at a time, at most', `${most.Pending}`],
    ],
    gates: [
      atMost('example: pods that run at a time', most.Running, gpus),
      atMost('example: GPUs that stay free at its busiest', gpus - most.Running, 0),
      atMost('example: pods left a minute after the end', left.length, 0),
    ],
  };
};

function exampleWith(change: Readonly<Record<string, unknown>>): string {
  const example = parse(readFileSync(path.join(root, 'examples/minilm-sections.yaml'), 'utf8'));
  const trialTemplate = { ...example.spec.trialTemplate, resources: { limits: { 'nvidia.com/gpu': 1 } } };
  return stringify({ ...example, spec: { ...example.spec, parallelTrials: 6, ...change, trialTemplate } });
}

const flags = ({ cluster, context }: BenchSystem, image: string): readonly string[] => [
  ...['--runner', 'kubernetes', '--context', context, '--namespace', namespaces.trials],
  ...['--image', image, '--listen-address', cluster.hostAddress],
  ...['--temporal-port', '0', '--ui-port', '0', '--s3-port', '0'],
];

/** Without what names the servers of the benchmark: the command starts its own. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|TEMPORAL)_/.test(name)));

async function podPhases({ cluster }: BenchSystem): Promise<readonly string[]> {
  const phases = await cluster.kubectl('--namespace', namespaces.trials, 'get', 'pods', '--output=jsonpath={.items[*].status.phase}');
  return phases.split(' ').filter((phase) => phase !== '');
}
