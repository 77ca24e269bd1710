import type { Outcome, SweepEvent, SweepLog } from '../log.ts';
import { nextCommand } from '../schedule.ts';
import type { Suggestion } from '../suggestion.ts';
import { fold, type Happening } from '../sweep.ts';
import { type Command, isOver, newSweep, type SuggestCommand, type SweepPlan, type SweepState } from '../sweep-state.ts';
import { type ClusterSettings, type SimulatedTrial, virtualCluster } from './virtual-cluster.ts';

/** A sweep to be simulated. */
export interface Simulation {
  readonly plan: SweepPlan;
  /** Slots: trials that may run at the same time. */
  readonly parallelTrials: number;
  /** What a new trial is to try, from all that the log holds at that moment; undefined when there is nothing left. */
  readonly suggest: (trial: number, log: SweepLog) => Suggestion | undefined;
  readonly cluster: ClusterSettings;
}

export interface SimulatedSweep {
  /** Times are milliseconds since the start of the sweep. */
  readonly log: SweepLog;
  readonly outcome: Outcome;
  /** What all pods together spent: with their starts, with crashes, and with work that was cut off before it was reported. */
  readonly gpuSeconds: number;
}

/**
 * Runs a whole sweep on a virtual clock, with the code that decides in earnest, in the order of the sweep's workflow: all
 * that is heard at one moment is folded before anything is commanded, and a suggestion is asked for when a slot is free,
 * with the log as it is then. Suggesting and commanding take no time. The same simulation gives the same log.
 * @throws {Error} if the sweep is not over and yet nothing more will happen, which would be a fault of the code that decides
 */
export function simulate({ plan, parallelTrials, suggest, cluster: settings }: Simulation): SimulatedSweep {
  const cluster = virtualCluster(settings);
  const trials = new Map<number, SimulatedTrial>();
  const log: SweepEvent[] = [];
  let now = 0;
  let reminderAt = plan.durationMs ?? Number.POSITIVE_INFINITY;
  let state = newSweep(plan, parallelTrials, now);
  const tell = (happening: Happening): void => {
    state = fold(state, { at: now, ...happening });
  };

  const start = (command: SuggestCommand): Happening => {
    const written = state.unwritten.length;
    log.push(...state.unwritten);
    const suggestion = command.type === 'suggest' ? suggest(command.trial, log.slice()) : finalSuggestion(trials, command.finalist.of);
    if (suggestion === undefined) return { type: 'spaceExhausted', command, written };
    const { origin, ...configuration } = suggestion;
    const rungs = command.type === 'suggest' ? plan.rungs : plan.rungs.slice(-1);
    const trial = { trial: command.trial, configuration, rungs };
    trials.set(trial.trial, trial);
    cluster.advance(trial, 0, now);
    return { type: 'suggested', command, origin, assignment: configuration.assignment, written };
  };
  const carryOut = (command: Command): Happening => {
    switch (command.type) {
      case 'suggest':
      case 'suggestFinal':
        tell({ type: 'asked', command });
        return start(command);
      case 'goOn':
        cluster.advance(trials.get(command.trial)!, command.rung, now); // ! is safe: only what was suggested is commanded
        return { type: 'sent', command };
      case 'pause':
      case 'end':
        cluster.release(command.trial, now);
        return { type: 'sent', command };
    }
  };
  const listen = (): void => {
    now = Math.min(cluster.nextAt(), reminderAt);
    if (now === Number.POSITIVE_INFINITY) throw new Error(`the sweep waits for ever in its ${state.phase.name} phase`);
    for (const happening of cluster.heardAt(now)) tell(happening);
    if (now < reminderAt) return;
    reminderAt = Number.POSITIVE_INFINITY;
    tell({ type: 'durationSpent' });
  };

  for (;;) {
    for (let command = nextCommand(state); command !== undefined; command = nextCommand(state)) {
      tell(carryOut(command));
      if (command.type === 'end') tell({ type: 'ended', trial: command.trial });
    }
    if (isOver(state)) break;
    listen();
  }
  return { ...ended(log, state, now), gpuSeconds: cluster.gpuSeconds() };
}

const finalSuggestion = (trials: ReadonlyMap<number, SimulatedTrial>, of: number): Suggestion => ({
  origin: { by: 'final', of },
  ...trials.get(of)!.configuration,
});

function ended(log: SweepLog, { phase, unwritten }: SweepState, at: number): Pick<SimulatedSweep, 'log' | 'outcome'> {
  if (phase.name !== 'closing') throw new Error(`a sweep cannot end in its ${phase.name} phase`);
  const { outcome } = phase;
  return { log: [...log, ...unwritten, { type: 'finished', at, outcome }], outcome };
}
