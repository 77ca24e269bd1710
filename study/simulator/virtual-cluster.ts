import { type Cost, costSoFar, withCostMetrics } from '../cost.ts';
import { seededStream } from '../random.ts';
import type { Happening } from '../sweep.ts';
import type { Configuration, SimulatedObjective } from './simulated-objective.ts';

/** Where simulated trials run, and what befalls them there. */
export interface ClusterSettings {
  readonly objective: SimulatedObjective;
  /** From the command that starts a pod to its first optimizer step. A trial that goes on right after its report keeps its pod. */
  readonly podStartSeconds: number;
  /** Share of attempts at a rung in which the pod dies on the way; a new one goes on from the checkpoint of the rung before. */
  readonly crashRate: number;
  /** How often a pod may die on the way to one rung before the trial counts as failed. */
  readonly attempts: number;
  /** Of noise, crashes, and of who is heard first among those that report at the same moment. */
  readonly seed: number;
}

/** A trial as the cluster knows it. */
export interface SimulatedTrial {
  readonly trial: number;
  readonly configuration: Configuration;
  /** Optimizer steps at which it reports. */
  readonly rungs: readonly number[];
}

/** A runner of trials on a clock that moves when it is told to. Times are milliseconds since the start of the sweep. */
export interface VirtualCluster {
  /** Sends a trial off to a rung. */
  readonly advance: (trial: SimulatedTrial, rung: number, now: number) => void;
  /** Frees what a trial holds; work under way is lost. */
  readonly release: (trial: number, now: number) => void;
  /** When the next trial will be heard of; infinity when none is under way. */
  readonly nextAt: () => number;
  /** What trials say at a moment. */
  readonly heardAt: (now: number) => readonly Happening[];
  /** What all pods together have spent. */
  readonly gpuSeconds: () => number;
}

/** A trial on its way to a rung. */
interface Leg {
  readonly trial: number;
  readonly startedAt: number;
  readonly endsAt: number;
  /** Among those that end at the same moment the least is heard first. */
  readonly turn: number;
  readonly says: Happening;
}

export function virtualCluster(settings: ClusterSettings): VirtualCluster {
  const legs = new Map<number, Leg>();
  const warm = new Set<number>();
  const spent = new Map<number, Cost>();
  let spentMs = 0;
  const end = ({ trial, startedAt }: Leg, now: number): void => {
    legs.delete(trial);
    spentMs += now - startedAt;
  };
  return {
    advance: (trial, rung, now) => {
      legs.set(trial.trial, legOf(settings, trial, rung, warm.has(trial.trial), now));
      warm.add(trial.trial);
    },
    release: (trial, now) => {
      const leg = legs.get(trial);
      if (leg !== undefined) end(leg, now);
      warm.delete(trial);
    },
    nextAt: () => Math.min(...[...legs.values()].map(({ endsAt }) => endsAt)),
    heardAt: (now) => {
      const ended = [...legs.values()].filter(({ endsAt }) => endsAt === now).toSorted((a, b) => a.turn - b.turn);
      for (const leg of ended) end(leg, now);
      return ended.map(({ says }) => (says.type === 'reported' ? charged(says, spent) : says));
    },
    gpuSeconds: () => spentMs / 1000,
  };
}

/** With what its trial has spent so far, as the engine adds it to every report. */
function charged({ report }: Extract<Happening, { type: 'reported' }>, spent: Map<number, Cost>): Happening {
  const cost = costSoFar(report, spent.get(report.trial) ?? { seconds: 0, gpuSeconds: 0 });
  spent.set(report.trial, cost);
  return { type: 'reported', report: withCostMetrics(report, cost) };
}

/** Each leg has a stream of its own, so that what befalls a trial does not depend on what others do. */
function legOf(
  settings: ClusterSettings,
  { trial, configuration, rungs }: SimulatedTrial,
  rung: number,
  isWarm: boolean,
  now: number,
): Leg {
  const { objective, podStartSeconds, crashRate, attempts, seed } = settings;
  const random = seededStream(seed, firstStream + trial * mostRungs + rung);
  const turn = random.uniform();
  const step = rungs[rung]!;
  const trainSeconds = (step - (rungs[rung - 1] ?? 0)) * objective.secondsPerStep(configuration);
  let seconds = isWarm ? 0 : podStartSeconds;
  const legEnding = (says: Happening): Leg => ({ trial, startedAt: now, endsAt: now + seconds * 1000, turn, says });

  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    if (random.uniform() >= crashRate) {
      seconds += trainSeconds;
      const metrics = objective.metricsAt(configuration, step, random);
      const cost = { seconds, gpuSeconds: seconds };
      return legEnding({
        type: 'reported',
        report: { schema: 1, trial, rung, step, metrics, diverged: false, cost, attempt, versions: {} },
      });
    }
    seconds += trainSeconds * random.uniform() + (attempt < attempts ? podStartSeconds : 0);
  }
  const message = `crash ${attempts} of ${attempts} on the way to rung ${rung}`;
  return legEnding({ type: 'failed', trial, failure: { type: 'TrainerCrashed', message } });
}

/** Samplers count their streams from 0; those of the cluster must not be among them when both have the same seed. */
const firstStream = 2 ** 40;
const mostRungs = 1000;
