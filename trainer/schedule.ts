/**
 * Share of the learning rate at a step: a straight line up over the warm-up, then a straight line down that would reach 0 one step after the
 * horizon. It depends on the horizon, never on the rung that a trial ends at. No step has rate 0: such a step would train nothing.
 * @param step - from 0
 * @param horizon - steps of the whole schedule
 * @param warmup - share of the horizon, at least 0 and below 1
 */
export function scheduleAt(step: number, horizon: number, warmup: number): number {
  const warmupSteps = Math.ceil(warmup * horizon);
  if (step < warmupSteps) return (step + 1) / warmupSteps;
  return (horizon - step) / (horizon - warmupSteps);
}
