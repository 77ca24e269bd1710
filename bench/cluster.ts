/**
 * Trials as pods of a real cluster on this machine: `docs/benchmarks.md` says what is measured and what that cannot show. `--quick` runs less,
 * `--full` also a sweep of 10,000 trials, `--only <part>` one part.
 */
import { parseArgs } from 'node:util';
import { table } from '../cli/table.ts';
import { whyNoCluster } from '../tools/cluster/requirements.ts';
import type { Part, Report, Scale } from './cluster/part.ts';
import { examplePart } from './cluster/part-example.ts';
import { lingerPart } from './cluster/part-linger.ts';
import { overheadPart } from './cluster/part-overhead.ts';
import { scalePart } from './cluster/part-scale.ts';
import { openBenchSystem } from './cluster/system.ts';
import { publish } from './gates.ts';

const parts: Readonly<Record<string, Part>> = { overhead: overheadPart, linger: lingerPart, example: examplePart, scale: scalePart };

const pruneAlgorithm = { name: 'asha', mode: 'promote', minResource: 4, maxResource: 12, reductionFactor: 3 };
const shortExample = { numTrials: 6, finalSeeds: 0, enqueue: [], pruneAlgorithm };
const scales = {
  quick: { rounds: 2, trialsPerRound: 6, sizes: [30, 100], live: 50, kwokNodes: 100, example: shortExample },
  usual: { rounds: 6, trialsPerRound: 12, sizes: [300, 1_000, 3_000], live: 1_000, kwokNodes: 1_000, example: {} },
  full: { rounds: 6, trialsPerRound: 12, sizes: [300, 1_000, 3_000, 10_000], live: 1_000, kwokNodes: 1_000, example: {} },
} satisfies Record<string, Scale>;

const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, full: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const scale: Scale = flags.quick ? scales.quick : flags.full ? scales.full : scales.usual;
const chosen = Object.entries(parts).filter(([name]) => flags.only === undefined || flags.only === name);
if (chosen.length === 0) throw new RangeError(`--only: must be one of ${Object.keys(parts).join(', ')}, got ${flags.only}`);
const why = whyNoCluster();
if (why !== undefined) throw new Error(why);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1)); // what was started ends with us
const began = performance.now();
const reports: Report[] = [];
const system = await openBenchSystem();
try {
  for (const [, part] of chosen) {
    const told = await part(system, scale);
    process.stdout.write(`${told.title}\n${table(told.headings, told.rows)}\n\n`);
    reports.push(told);
  }
} finally {
  await system.close();
}
const minutes = (performance.now() - began) / 60_000;
const tables = reports.map(({ title, headings, rows }) => ({ title, headings, rows }));
publish(
  'cluster',
  reports.flatMap(({ gates }) => gates),
  { ...scale, minutes, tables },
);
