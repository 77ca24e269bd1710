import { atMost } from '../gates.ts';
import type { Part } from './part.ts';
import { openSide } from './side.ts';

/** Many steps in one process: nothing may be left behind. */
export const soakPart: Part = async (setting) => {
  const steps = setting.quick ? 100 : 1000;
  const work = { model: setting.model, batch: 16, time: 32, does: 'train', frozen: 0, prefix: 'runs', dropout: 0.1 } as const;
  const ours = await openSide('ours', work, setting);
  try {
    await ours.repeat(steps / 5); // memory settles while the collector finds its pace
    const before = await ours.footprint();
    await ours.repeat(steps);
    const after = await ours.footprint();
    return {
      gates: [
        atMost(`tensors left after ${steps} steps`, after.tensors! - before.tensors!, 0), // ours has them
        atMost(`growth of resident memory over ${steps} steps, share`, after.residentBytes / before.residentBytes - 1, 0.02),
      ],
      details: { steps, before, after },
    };
  } finally {
    await ours.leave();
  }
};
