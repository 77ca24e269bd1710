/**
 * How well the samplers and pruners search, side by side with Optuna and the CMA package: `docs/benchmarks.md` says what is
 * compared and what that cannot show. `--quick` runs fewer seeds, `--only <part>` one part; `--known-peers` takes from the
 * last run what peers did in the very same jobs.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../cli/table.ts';
import { publish } from './gates.ts';
import { pythonWithPeers } from './peers/python.ts';
import { hold, type Job } from './search/contest.ts';
import type { Part, Report, Scale } from './search/part.ts';
import { askPart } from './search/part-ask.ts';
import { layerFreezePart } from './search/part-layer-freeze.ts';
import { syntheticPart } from './search/part-synthetic.ts';
import { twoObjectivesPart } from './search/part-two-objectives.ts';

const parts: Readonly<Record<string, Part>> = {
  synthetic: syntheticPart,
  twoObjectives: twoObjectivesPart,
  layerFreeze: layerFreezePart,
  ask: askPart,
};
const file = path.join(import.meta.dirname, 'out', 'search-peers.ndjson');

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, 'known-peers': { type: 'boolean', default: false } },
});
const scale: Scale = flags.quick ? { seeds: 2, fewSeeds: 1 } : { seeds: 20, fewSeeds: 6 };
const chosen = Object.entries(parts).filter(([name]) => flags.only === undefined || flags.only === name);
if (chosen.length === 0) throw new RangeError(`--only: must be one of ${Object.keys(parts).join(', ')}, got ${flags.only}`);

mkdirSync(path.dirname(file), { recursive: true });
const known = new Map<string, unknown>(flags['known-peers'] && existsSync(file) ? lines(readFileSync(file, 'utf8')) : []);
const began = performance.now();
// Optuna's Gaussian process needs torch, which on Linux brings some gigabytes of CUDA along.
const python = pythonWithPeers(process.env, {
  name: 'bench-peers',
  packages: ['optuna==5.0.0', 'cma==4.5.0', 'numpy', 'scipy', 'torch'],
  modules: ['optuna', 'cma', 'torch'],
});
const keep = (job: Job, result: unknown): void => {
  if (job.side === 'peer') appendFileSync(file, `${JSON.stringify([JSON.stringify(job), result])}\n`);
};
const reports: Report[] = [];
for (const [, { slots, jobs, report }] of chosen) {
  const told = report(scale, await hold(jobs(scale), { slots, python, known, keep }));
  process.stdout.write(`${told.title}\n${table(told.headings, told.rows)}\n\n`);
  reports.push(told);
}

const tables = reports.map(({ title, headings, rows }) => ({ title, headings, rows }));
const minutes = (performance.now() - began) / 60_000;
publish(
  'search',
  reports.flatMap(({ gates }) => gates),
  { ...scale, peersAreKnown: flags['known-peers'], minutes, tables },
);

function lines(text: string): readonly [string, unknown][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as [string, unknown]);
}
