/**
 * How fast and how good the trainer is, side by side with PyTorch on the same machine with the same number of threads:
 * `docs/benchmarks.md` says what is compared. `--quick` repeats less, `--only <part>` runs one part.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../tools/folders.ts';
import type { Gate } from './gates.ts';
import { publish } from './gates.ts';
import { pythonWithPeers } from './peers/python.ts';
import type { Part, Setting } from './trainer/part.ts';
import { floorPart } from './trainer/part-floor.ts';
import { preemptionPart } from './trainer/part-preemption.ts';
import { qualityPart } from './trainer/part-quality.ts';
import { soakPart } from './trainer/part-soak.ts';
import { startPart } from './trainer/part-start.ts';
import { stepsPart } from './trainer/part-steps.ts';
import { sweepPart } from './trainer/part-sweep.ts';

const parts: Readonly<Record<string, Part>> = {
  steps: stepsPart,
  floor: floorPart,
  soak: soakPart,
  start: startPart,
  preemption: preemptionPart,
  sweep: sweepPart,
  quality: qualityPart,
};

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const chosen = Object.entries(parts).filter(([name]) => flags.only === undefined || flags.only === name);
if (chosen.length === 0) throw new RangeError(`--only: must be one of ${Object.keys(parts).join(', ')}, got ${flags.only}`);

const scratch = mkdtempSync(path.join(os.tmpdir(), 'permafrost-bench-trainer-'));
const cache = cacheFolder(process.env);
const setting: Setting = {
  python: pythonWithPeers(process.env, {
    name: 'bench-torch',
    packages: ['torch', 'transformers', 'safetensors'],
    modules: ['torch', 'transformers'],
  }),
  threads: os.availableParallelism(),
  model: path.join(cache, 'models/minilm-l6'),
  data: path.join(cache, 'data/debian-sections'),
  scratch,
  quick: flags.quick,
};
const gates: Gate[] = [];
const details: Record<string, unknown> = {};
try {
  for (const [name, part] of chosen) {
    const outcome = await part(setting);
    gates.push(...outcome.gates);
    details[name] = outcome.details;
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const [processor] = os.cpus();
publish('trainer', gates, { quick: flags.quick, threads: setting.threads, processor: processor?.model, ...details });
