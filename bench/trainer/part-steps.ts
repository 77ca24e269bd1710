import { atMost, type Gate } from '../gates.ts';
import { duel, type Measured } from './duel.ts';
import type { Part, Setting } from './part.ts';
import type { SideName } from './side.ts';
import type { Work } from './work.ts';

/** Steps and passes of MiniLM-L6 against PyTorch's, and the most memory that either process ever had. */
export const stepsPart: Part = async (setting) => {
  const whole: Work = { model: setting.model, batch: 16, time: 64, does: 'train', frozen: 0, prefix: 'runs', dropout: 0 };
  const works: Readonly<Record<string, Work>> = {
    'all trained, B16 T64': whole,
    'all trained with dropout 0.1, B16 T64': { ...whole, dropout: 0.1 },
    'all trained, B32 T128': { ...whole, batch: 32, time: 128 },
    'three of six layers frozen, B16 T64': { ...whole, frozen: 4 },
    'five of six layers frozen, their output given, B16 T64': { ...whole, frozen: 6, prefix: 'given' },
    'inference, B32 T64': { ...whole, batch: 32, does: 'infer' },
  };
  const results: Record<string, Readonly<Record<SideName, Measured>>> = {};
  for (const [name, work] of Object.entries(works)) results[name] = await duel(work, scaleOf(setting), setting);
  return { gates: gatesOf(results), details: results };
};

function scaleOf({ quick }: Setting): { readonly rounds: number; readonly times: number } {
  return quick ? { rounds: 3, times: 2 } : { rounds: 12, times: 4 };
}

type Results = Readonly<Record<string, Readonly<Record<SideName, Measured>>>>;

function gatesOf(results: Results): readonly Gate[] {
  const times = Object.entries(results).map(([name, { ours, peer }]) => atMost(`${name}: ms (peer: PyTorch)`, ours.ms, peer.ms, peer.ms));
  const memory = ['all trained, B16 T64', 'all trained, B32 T128'].map((name) => {
    const { ours, peer } = results[name]!; // measured above
    const megabytes = ({ footprint }: Measured) => footprint.peakBytes / 1e6;
    return atMost(`${name}: peak memory, MB (peer: PyTorch)`, megabytes(ours), megabytes(peer), megabytes(peer));
  });
  const full = results['all trained, B16 T64']!.ours.ms;
  const cached = results['five of six layers frozen, their output given, B16 T64']!.ours.ms;
  return [...times, atMost('five of six layers frozen, their output given: share of a full step', cached / full, 0.2), ...memory];
}
