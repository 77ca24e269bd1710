/**
 * What each way of fine-tuning costs: time of a step and most memory of the process over those of full fine-tuning, and how much faster steps
 * get above a frozen prefix whose output is given. `docs/benchmarks.md` says more. `--quick` repeats less, `--only <run>` runs one.
 */
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { methodNames } from '../study/methods/methods.ts';
import { median } from '../study/statistics/quantile.ts';
import { cacheFolder } from '../tools/folders.ts';
import { atMost, type Gate, publish } from './gates.ts';
import { openSide, type Side } from './trainer/side.ts';
import type { Work } from './trainer/work.ts';

interface Run {
  readonly trainer: Readonly<Record<string, unknown>>;
  /** Most that a step may take, full fine-tuning being 1, where something was promised. */
  readonly limit?: number;
  /** Its steps cost more or less as training goes on: the mean counts, over a whole training. */
  readonly isStaged?: true;
}

const runs: Readonly<Record<string, Run>> = {
  bitfit: { trainer: { method: 'bitfit' }, limit: 0.85 },
  lora: { trainer: { method: 'lora' }, limit: 0.85 },
  dsee: { trainer: { method: 'dsee' } },
  'dsee sparse': { trainer: { method: 'dsee', dsee: { sparsity: 0.4 } } },
  adapters: { trainer: { method: 'adapters' } },
  'dps dense': { trainer: { method: 'dps' }, limit: 1.15, isStaged: true },
  'dps mix': { trainer: { method: 'dps', dps: { variant: 'mix' } }, isStaged: true },
  'childTuning F': { trainer: { method: 'childTuning' } },
  'childTuning D': { trainer: { method: 'childTuning', childTuning: { variant: 'D' } } },
  sift: { trainer: { method: 'sift' } },
  surgical: { trainer: { method: 'surgical', surgical: { layers: 2, texts: 8 } } },
  levi: { trainer: { method: 'levi' } },
  lpft: { trainer: { method: 'lpft' }, isStaged: true },
  gradualUnfreezing: { trainer: { method: 'gradualUnfreezing' }, isStaged: true },
  autoFreeze: { trainer: { method: 'autoFreeze' }, isStaged: true },
  'autoRates rgn': { trainer: { method: 'autoRates' }, isStaged: true },
  'autoRates snr': { trainer: { method: 'autoRates', autoRates: { by: 'snr' } }, isStaged: true },
  prototypes: { trainer: { method: 'prototypes' } },
  mixout: { trainer: { method: 'mixout' }, limit: 1.2 },
  'l2sp penalty': { trainer: { method: 'l2sp' } },
  'l2sp decay': { trainer: { method: 'l2sp', l2sp: { form: 'decay' } } },
  rdrop: { trainer: { method: 'rdrop' } },
  r3f: { trainer: { method: 'r3f' } },
  smart: { trainer: { method: 'smart' } },
  'smart proximal': { trainer: { method: 'smart', smart: { proximal: 1 } } },
  lnsr: { trainer: { method: 'lnsr' }, limit: 1.7 },
  guidedDropout: { trainer: { method: 'guidedDropout', guidedDropout: { texts: 8 } }, limit: 1.02 },
  sam: { trainer: { method: 'sam' }, limit: 2.1 },
  extrapolation: { trainer: { method: 'extrapolation' } },
  averaging: { trainer: { method: 'averaging', averaging: { from: 0 } } },
  wiseft: { trainer: { method: 'wiseft' } },
  upet: { trainer: { method: 'upet' }, isStaged: true },
  'weightMixup second': { trainer: { method: 'weightMixup' }, isStaged: true },
  'weightMixup first': { trainer: { method: 'weightMixup', weightMixup: { order: 'first' } }, isStaged: true },
};

/** Embeddings and three of six layers frozen: how much faster a step must get at least. */
const leastGain = 1.6;

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } });
const chosen = Object.entries(runs).filter(([name]) => flags.only === undefined || flags.only === name);
if (chosen.length === 0) throw new RangeError(`--only: must be one of ${Object.keys(runs).join(', ')}, got ${flags.only}`);
const missing = methodNames.filter((name) => name !== 'full' && !Object.values(runs).some(({ trainer }) => trainer.method === name));
if (missing.length > 0) throw new Error(`no run has method ${missing.join(', ')}`);

const times = 2;
const fewRounds = flags.quick ? 2 : 6;
/** What was promised of a step is seen more sharply. */
const roundsOf = ({ limit }: Run): number => (limit === undefined ? 1 : 2) * fewRounds;
const threads = os.availableParallelism();
const model = path.join(cacheFolder(process.env), 'models/minilm-l6');
const whole: Work = { model, batch: 16, time: 64, does: 'train', frozen: 0, prefix: 'runs', dropout: 0.1 };
const open = (work: Work): Promise<Side> => openSide('ours', work, { python: '', threads, device: 'cpu' });

interface Figures {
  readonly rounds: number;
  /** Of a step, full fine-tuning being 1. */
  readonly time: number;
  readonly memory: number;
  /** Time of a step over that above the prefix. */
  readonly gain: number;
}

/**
 * The three take turns, so that a slow minute of the machine meets all, and all are new: full fine-tuning that had run through all methods took
 * up to five per cent less for the same step.
 */
async function measure(run: Run): Promise<Figures> {
  const { trainer, isStaged } = run;
  const rounds = roundsOf(run);
  const work: Work = { ...whole, trainer, horizon: times * (rounds + 1) };
  const sides = [await open(whole), await open(work), await open({ ...work, frozen: 4, prefix: 'given' })] as const;
  const [full, own] = sides;
  try {
    for (const side of sides) await side.repeat(times); // warms up: shapes are seen for the first time
    const ms: readonly [number[], number[], number[]] = [[], [], []]; // of each side's steps
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, side] of sides.entries()) ms[index]!.push(...(await side.repeat(times))); // one list for each side
    }
    const [ofFull, ofOwn] = [(await full.footprint()).peakBytes, (await own.footprint()).peakBytes];
    const step = isStaged ? meanOf : undisturbed;
    return { rounds, time: step(ms[1]) / step(ms[0]), memory: ofOwn / ofFull, gain: step(ms[1]) / step(ms[2]) };
  } finally {
    await Promise.all(sides.map((side) => side.leave()));
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;

/** The middle of the faster half: what else the machine does makes steps slower, never faster. */
const undisturbed = (ms: readonly number[]): number => median(ms.toSorted((a, b) => a - b).slice(0, Math.ceil(ms.length / 2)));

const gates: Gate[] = [];
const figures: Record<string, Figures> = {};
for (const [name, run] of chosen) {
  const found = await measure(run);
  figures[name] = found;
  if (run.limit !== undefined) gates.push(atMost(`${name}: time of a step, full being 1`, found.time, run.limit));
  gates.push(atMost(`${name}: step above a prefix of three of six layers over one without`, 1 / found.gain, 1 / leastGain));
  process.stdout.write(`${name}: time ${found.time.toFixed(2)}, memory ${found.memory.toFixed(2)}, gain ${found.gain.toFixed(2)}\n`);
}
const [processor] = os.cpus();
publish('methods', gates, { quick: flags.quick, threads, processor: processor?.model, times, figures });
