import { execFileSync } from 'node:child_process';
import { atMost } from '../gates.ts';
import { duel, type Measured } from './duel.ts';
import type { Part } from './part.ts';
import type { SideName } from './side.ts';
import type { Work } from './work.ts';

/** What a step may take against PyTorch's where there is enough to compute. In small batches the host's dispatch is all that is measured: told, not judged. */
const mostTimes = 3;

/** Steps and passes of MiniLM-L6 against PyTorch's on the same card, in float32 with TF32 products on both sides. */
export const gpuStepsPart: Part = async (setting) => {
  const whole: Work = { model: setting.model, batch: 64, time: 128, does: 'train', frozen: 0, prefix: 'runs', dropout: 0 };
  const judged: Readonly<Record<string, Work>> = {
    'all trained, B64 T128': whole,
    'all trained with dropout 0.1, B64 T128': { ...whole, dropout: 0.1 },
    'all trained, B128 T128': { ...whole, batch: 128 },
    'five of six layers frozen, their output given, B128 T128': { ...whole, batch: 128, frozen: 6, prefix: 'given' },
    'inference, B128 T128': { ...whole, batch: 128, does: 'infer' },
  };
  const told: Readonly<Record<string, Work>> = { 'all trained, B16 T64': { ...whole, batch: 16, time: 64 } };
  const scale = setting.quick ? { rounds: 3, times: 5 } : { rounds: 10, times: 20 };
  const results: Record<string, Readonly<Record<SideName, Measured>>> = {};
  for (const [name, work] of Object.entries({ ...judged, ...told })) results[name] = await duel(work, scale, setting);
  const gates = Object.keys(judged).map((name) => {
    const { ours, peer } = results[name]!; // measured above
    return atMost(`${name}: ms (peer: PyTorch)`, ours.ms, mostTimes * peer.ms, peer.ms);
  });
  return { gates, details: { card: cardName(), ...results } };
};

function cardName(): string {
  return execFileSync('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader'], { encoding: 'utf8' }).trim();
}
