/**
 * Keeps the trainer contract (docs/trainer-contract.md) for the process that trains: signals, checkpoints, reports and decisions are handled
 * here, so that they outlive a crash over there.
 */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TrialFolder } from '../results/trial-folder.ts';
import { type DecisionFile, exitCode, type JsonNumber, type Report, type TrialFile } from '../study/trial.ts';
import type { FromTrainer, Reached } from './messages.ts';
import { badConfiguration } from './refusal.ts';
import { eventFile } from './tensorboard/events.ts';
import type { TrainingProcess } from './training-client.ts';

export interface Supervision {
  readonly folder: TrialFolder;
  readonly trial: TrialFile;
  readonly checkpointSeconds: number;
  /** Starts a training process that goes on from the newest checkpoint. */
  readonly startTraining: () => Promise<Training>;
  readonly say: (line: string) => void;
  /** Aborted by SIGTERM. */
  readonly preemption: AbortSignal;
}

export interface Training {
  readonly process: TrainingProcess;
  readonly device: 'cpu' | 'gpu';
  readonly versions: Report['versions'];
}

/**
 * Works on the trial until there is nothing more to do for now.
 * @returns the exit code
 * @throws {TrainingEnded} if the training process crashes
 */
export async function supervise(supervision: Supervision): Promise<number> {
  const { folder, trial, preemption, startTraining } = supervision;
  let training: Training | undefined;
  try {
    let goal = await firstGoal(folder, trial);
    while (goal !== undefined) {
      if ((await folder.findReport(goal)) === undefined) {
        if (preemption.aborted) return exitCode.preempted;
        training ??= await startTraining();
        const reached = await leg(goal, training.process, supervision);
        if (reached === undefined) return exitCode.preempted;
        await publish(reached, training, supervision);
        if (reached.diverged) break;
      }
      goal = await nextGoal(goal, supervision);
    }
    return exitCode.done;
  } finally {
    await training?.process.end();
  }
}

/** The rung that the newest decision continues to, or the first. Undefined when the trial was stopped. */
async function firstGoal(folder: TrialFolder, trial: TrialFile): Promise<number | undefined> {
  const newest = await folder.newestDecision();
  return newest === undefined ? 0 : goalOf(newest.decision, newest.rung, trial);
}

function goalOf(decision: DecisionFile, rung: number, { rungs }: TrialFile): number | undefined {
  if ('stop' in decision) return undefined;
  const goal = rungs.indexOf(decision.continueTo);
  if (goal < 0)
    throw badConfiguration(`decisions/${rung}.json: continueTo`, `one of the trial's rungs, ${rungs.join(', ')}`, decision.continueTo);
  return goal;
}

/** Trains to a rung. Undefined when it was preempted on the way, with a checkpoint stored. */
async function leg(goal: number, training: TrainingProcess, supervision: Supervision): Promise<Reached | undefined> {
  const { folder, checkpointSeconds, say, preemption } = supervision;
  const pause = () => training.send({ type: 'pause' });
  let timer: NodeJS.Timeout;
  const askInTime = () => {
    timer = setTimeout(() => training.send({ type: 'checkpoint' }), checkpointSeconds * 1000);
  };
  preemption.addEventListener('abort', pause);
  try {
    askInTime();
    training.send({ type: 'train', rung: goal });
    if (preemption.aborted) pause();
    for (;;) {
      const message = await training.next();
      if (message.type === 'reached') return message;
      if (message.type === 'progress') say(progressLine(message, supervision.trial.rungs[goal]!)); // goals are the trial's
      if (message.type !== 'checkpointed') continue;
      await storeCheckpoint(folder, message.step, message.folder);
      say(`checkpoint stored at step ${message.step}`);
      if (preemption.aborted) return undefined;
      askInTime(); // only now: storing may take longer than the time between two
    }
  } finally {
    clearTimeout(timer!);
    preemption.removeEventListener('abort', pause);
  }
}

function progressLine({ step, loss, share, stepsPerSecond }: FromTrainer & { readonly type: 'progress' }, goal: number): string {
  const shownLoss = loss === null ? 'NaN' : loss.toFixed(4);
  return `step ${step}/${goal}  loss ${shownLoss}  rate x${share.toFixed(3)}  ${stepsPerSecond.toFixed(1)} steps/s`;
}

/** First the checkpoint, then the report: whoever sees a report can rely on its checkpoint. */
async function publish(reached: Reached, { device, versions }: Training, { folder, trial, say }: Supervision): Promise<void> {
  const { rung, step, metrics, diverged, paired, seconds, attempt, checkpoint, model, curve, drift } = reached;
  if (checkpoint !== undefined) await storeCheckpoint(folder, step, checkpoint);
  if (model !== undefined) await folder.saveModel(model);
  const lines = [...curve, { step, drift, seconds: rounded(seconds) }];
  await folder.putCurve(rung, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await folder.putEvents(rung, eventsOf(reached, trial));
  const outcome = await folder.createReport({
    schema: 1,
    trial: trial.trial,
    rung,
    step,
    metrics,
    diverged,
    ...(paired && { paired }),
    cost: { seconds: rounded(seconds), gpuSeconds: device === 'gpu' ? rounded(seconds) : 0 },
    ...(checkpoint === undefined ? {} : { checkpoint: `checkpoint/${step}` }),
    attempt,
    versions,
  });
  const scores = Object.entries(metrics).map(([name, value]) => `${name} ${value?.toFixed(4) ?? 'NaN'}`);
  const note = outcome === 'exists' ? ' (another report of this rung was there and stays)' : '';
  say(`rung ${rung} at step ${step}${diverged ? ', diverged' : ''}: ${scores.join('  ')}${note}`);
}

/** What a rung told, for TensorBoard. */
function eventsOf(
  { rung, step, metrics, diverged, seconds, curve, drift }: Reached,
  { sweep, trial, assignment, rungs }: TrialFile,
): Uint8Array {
  const numbers = (prefix: string, values: Readonly<Record<string, JsonNumber>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value ?? Number.NaN]));
  const points = curve.map((point) => ({
    step: point.step,
    values: { 'train/loss': point.loss ?? Number.NaN, 'train/rateShare': point.share, ...numbers('gradientNorm/', point.gradientNorms) },
  }));
  const steps = step - (rungs[rung - 1] ?? 0); // of this leg
  const end = { step, values: { ...numbers('', metrics), ...numbers('drift/', drift), 'cost/stepsPerSecond': steps / seconds } };
  const isLast = diverged || rung === rungs.length - 1;
  const status = diverged ? 'failed' : isLast ? 'done' : 'running';
  return eventFile({ wallTime: Date.now() / 1000, group: `${sweep} ${trial}`, assignment, scalars: [...points, end], status });
}

async function storeCheckpoint(folder: TrialFolder, step: number, local: string): Promise<void> {
  await folder.saveCheckpoint(step, local);
  await rm(local, { recursive: true });
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Waits for the decision on a rung as long as the trial lingers, and looks at least once. Undefined means: leave. */
async function nextGoal(rung: number, { folder, trial, preemption }: Supervision): Promise<number | undefined> {
  if (rung === trial.rungs.length - 1) return undefined; // nothing is above it
  const end = Date.now() + trial.lingerSeconds * 1000;
  for (let pauseMs = 150; ; pauseMs = Math.min(1.1 * pauseMs, 1000)) {
    const decision = await folder.findDecision(rung);
    if (decision !== undefined) return goalOf(decision, rung, trial);
    const leftMs = end - Date.now();
    if (leftMs <= 0 || preemption.aborted) return undefined;
    await sleep(Math.min(pauseMs, leftMs));
  }
}
