import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { StudyFolder, StudyRef } from '../results/study-folder.ts';
import type { SweepFile } from '../results/sweep-file.ts';
import type { SweepFolder } from '../results/sweep-folder.ts';
import type { SweepRef } from '../runners/runner.ts';
import type { Outcome, SweepEvent } from '../study/log.ts';
import { reportPage } from '../study/report/report-page.ts';
import { rungsOf } from '../study/rungs.ts';
import { newlySpent } from '../study/spent-trials.ts';
import { type Suggestion, suggestionOf } from '../study/suggestion.ts';
import { type Summary, summaryOf } from '../study/summary.ts';
import { planOf } from '../study/sweep-plan.ts';
import type { Finalist } from '../study/sweep-state.ts';
import { trainerBlockOf } from '../study/trainer-block.ts';
import type { Assignment, LayerConfiguration, TrialFile } from '../study/trial.ts';

/** What a sweep wants written before anything else: events, in the segment that is theirs. */
interface Unwritten {
  readonly sweep: SweepRef;
  readonly segment: number;
  readonly events: readonly SweepEvent[];
}

export interface SweepActivityDependencies {
  readonly openSweep: (ref: SweepRef) => SweepFolder;
  readonly openStudy: (study: StudyRef) => StudyFolder;
  readonly client: Pick<Client, 'workflow'>;
}

export type SweepActivities = ReturnType<typeof sweepActivities>;

/** What the sweep workflow asks for. Each may be repeated: what an earlier attempt wrote is found and used. */
export function sweepActivities({ openSweep, openStudy, client }: SweepActivityDependencies) {
  const publish = async ({ sweep, segment, events }: Unwritten): Promise<void> => {
    if (events.length > 0) await openSweep(sweep).appendLog(segment, events);
  };

  return {
    publish,

    /**
     * The next trial: a baseline while there are any, else what the sampler makes of the whole log. Checkpoints that nobody needs since the
     * last time go.
     * @param numTrials - of the search, as it was last extended
     */
    async suggest({
      trial,
      seed,
      numTrials,
      ...unwritten
    }: Unwritten & { readonly trial: number; readonly seed: number; readonly numTrials: number }): Promise<Suggestion | 'spaceExhausted'> {
      await publish(unwritten);
      const folder = openSweep(unwritten.sweep);
      const file = await folder.read();
      const log = await folder.readLog();
      const spent = newlySpent(log, unwritten.events.length, { ...planOf(file.sweep), numTrials });
      await Promise.all(spent.map((other) => folder.trial(other).removeCheckpoints()));
      const suggestion = suggestionOf(file.sweep, file.model, trial, log);
      if (suggestion === undefined) return 'spaceExhausted';
      const { origin, assignment, layers } = suggestion;
      const written = await folder
        .trial(trial)
        .createTrial({ ...trialBase(file, assignment), trial, purpose: 'search', seed, ...(layers && { layers }) });
      return { origin, ...configurationOf(written) };
    },

    /** A finalist's configuration on a fresh seed, trained to the horizon in one go. */
    async suggestFinal({
      trial,
      finalist,
      ...unwritten
    }: Unwritten & { readonly trial: number; readonly finalist: Finalist }): Promise<Suggestion> {
      await publish(unwritten);
      const folder = openSweep(unwritten.sweep);
      const searched = await folder.trial(finalist.of).readTrial();
      const final: TrialFile = { ...searched, trial, purpose: 'final', seed: finalist.seed, rungs: [searched.horizon] };
      return { origin: { by: 'final', of: finalist.of }, ...configurationOf(await folder.trial(trial).createTrial(final)) };
    },

    /** The last words of a sweep: rest of the log, report, summary, the best model when a trainer left one, and its entry in the study. */
    async finish({ outcome, ...unwritten }: Unwritten & { readonly outcome: Outcome }): Promise<Summary> {
      await publish(unwritten);
      const folder = openSweep(unwritten.sweep);
      const [file, log] = [await folder.read(), await folder.readLog()];
      const summary = summaryOf(file, log, outcome);
      const { best, heldOut } = summary;
      const hasModel = best?.final !== undefined && (await folder.publishBest(best.final, { best, heldOut })) === 'published';
      const told: Summary = hasModel ? { ...summary, model: `${folder.address}/best/` } : summary;
      await folder.writeReport(reportPage(file, log, told));
      await folder.writeSummary(told);
      const { metadata, spec } = file.sweep;
      const study = openStudy({ uri: spec.results.uri, namespace: metadata.namespace, study: spec.study });
      await folder.removeCheckpoints();
      await study.enter({ ...unwritten.sweep, finishedAt: new Date(log.at(-1)?.at ?? 0).toISOString() });
      return told;
    },

    /** Of the given trials those whose workflow is closed or gone. */
    async findLost(trials: readonly { readonly trial: number; readonly workflowId: string }[]): Promise<readonly number[]> {
      const lost: number[] = [];
      for (const { trial, workflowId } of trials) {
        if (!(await isRunning(client, workflowId))) lost.push(trial);
      }
      return lost;
    },
  };
}

async function isRunning({ workflow }: SweepActivityDependencies['client'], workflowId: string): Promise<boolean> {
  try {
    return (await workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** What all trials of a sweep have in common. */
function trialBase({ id, sweep: { spec } }: SweepFile, assignment: Assignment): Omit<TrialFile, 'trial' | 'purpose' | 'seed'> {
  const rungs = rungsOf(spec.pruneAlgorithm);
  const { lingerSeconds } = spec.trialTemplate;
  const trainer = trainerBlockOf(spec.trialTemplate, assignment);
  const paired = spec.pruneAlgorithm.name === 'wilcoxon' && ({ paired: true } as const);
  return {
    schema: 1,
    sweep: id,
    rungs,
    horizon: rungs.at(-1)!,
    lingerSeconds,
    objectives: spec.objectives,
    ...paired,
    assignment,
    trainer,
  };
}

function configurationOf({ assignment, layers }: TrialFile): { readonly assignment: Assignment; readonly layers?: LayerConfiguration } {
  return { assignment, ...(layers && { layers }) };
}
