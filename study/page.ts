/** What the Temporal UI shows of sweeps and trials, as Markdown. The UI carries this text in an address, so it stays under 4 kB. */
import { bestTrials } from './best.ts';
import { layerRows } from './layer-rows.ts';
import type { Origin } from './log.ts';
import { valueOfLoss } from './objective.ts';
import { outcomeText } from './outcome.ts';
import type { ParetoFront } from './pareto-front.ts';
import type { Summary } from './summary.ts';
import { outcomeSoFar, runningTrials, type SweepState, waitingTrials } from './sweep-state.ts';
import type { Assignment, JsonNumber, LayerConfiguration, Report } from './trial.ts';

const mostRows = 10;
const mostRunning = 4;

/** What a trial's page shows that does not change. */
export interface TrialPage {
  readonly trial: number;
  /** "suggested by the sampler, expected improvement 0.003", "baseline headOnly", "trial 7 on a fresh seed". */
  readonly origin: string;
  readonly metric: string;
  readonly rungs: readonly number[];
  readonly assignment: Assignment;
  readonly layers?: LayerConfiguration;
}

export function trialDetails(page: TrialPage, state: string, report: Report | undefined): string {
  const last =
    report === undefined
      ? 'no report yet'
      : `rung ${report.rung} (step ${report.step} of ${page.rungs.at(-1)}), ${page.metric} ${shown(report.metrics[page.metric])}${report.diverged ? ', diverged' : ''}`;
  return [`**${state}** · ${last} · ${page.origin}`, layerTable(page.layers), assignmentTable(page.assignment)]
    .filter(Boolean)
    .join('\n\n');
}

/** @param found - once it is over */
export function sweepDetails(sweepId: string, state: SweepState, found?: Pick<Summary, 'answer' | 'warnings' | 'front'>): string {
  const { plan } = state;
  const outcome = outcomeSoFar(state.phase);
  const running = runningTrials(state);
  const shownRunning = running.slice(0, mostRunning).map(({ trial }) => link(sweepId, trial));
  if (running.length > mostRunning) shownRunning.push(`${running.length - mostRunning} more`);
  const head = [
    `**${phaseText(state)}**`,
    `${state.nextTrial - state.finalsStarted} of ${plan.numTrials} trials`,
    ...(state.finalsStarted > 0 ? [`${state.finalsStarted} final trainings`] : []),
    `${waitingTrials(state).length} waiting`,
    `${state.failedTrials} failed`,
    `running: ${shownRunning.join(', ') || 'none'}`,
    ...(outcome ? [`the search has ended: ${outcomeText(outcome)}`] : []),
  ].join(' · ');
  const rungs = state.rungs.map((rung, index) => `| ${index} | ${plan.rungs[index]} | ${rung.trials.length} |`);
  return [
    head,
    ...(found?.answer ?? []),
    ...(found?.warnings ?? []).map((warning) => `Warning: ${warning}`),
    [headings('rung', 'steps', 'reports'), ...rungs].join('\n'),
    found?.front ? frontTable(sweepId, found.front) : bestTable(sweepId, state),
    `[All trials of this sweep](/namespaces/{namespace}/workflows?query=${encodeURIComponent(`SweepId="${sweepId}"`)})`,
  ].join('\n\n');
}

function bestTable(sweepId: string, state: SweepState): string {
  const { rungs, objectives } = state.plan;
  const { metric, direction } = objectives[0]!;
  const best = bestTrials(state, mostRows).map(
    ({ trial, rung, loss }, place) =>
      `| ${place + 1} | ${link(sweepId, trial)} | ${rungs[rung]} | ${shown(valueOfLoss(loss, direction))} |`,
  );
  return best.length > 0 ? [headings('best', 'trial', 'steps', metric), ...best].join('\n') : 'No report yet.';
}

function frontTable(sweepId: string, { objectives, steps, trials }: ParetoFront): string {
  const metrics = objectives.map(({ metric }) => metric);
  const rows = trials
    .slice(0, mostRows)
    .map(({ trial, values }) => `| ${[link(sweepId, trial), ...metrics.map((metric) => shown(values[metric]))].join(' | ')} |`);
  const more = trials.length > mostRows ? `; those with the best ${metrics[0]} are` : '';
  return `${trials.length} trials are beaten by none in everything, after ${steps} steps${more}:\n\n${[headings('trial', ...metrics), ...rows].join('\n')}`;
}

export function originText(origin: Origin): string {
  switch (origin.by) {
    case 'sampler':
      return `suggested by the sampler${origin.expectedImprovement === undefined ? '' : `, expected improvement ${origin.expectedImprovement}`}`;
    case 'enqueued':
      return `baseline ${origin.name}`;
    case 'assigned':
      return `enqueued${origin.from === undefined ? '' : `: trial ${origin.from.trial} of ${origin.from.sweep}`}`;
    case 'final':
      return `trial ${origin.of} on a fresh seed`;
  }
}

/** Workflow ids: the sweep's own is its id, a trial's adds its number. */
export function trialWorkflowId(sweepId: string, trial: number): string {
  return `${sweepId}.t${String(trial).padStart(5, '0')}`;
}

function phaseText({ phase, paused }: SweepState): string {
  switch (phase.name) {
    case 'search':
      return paused ? 'paused' : 'search';
    case 'final':
      return 'final trainings';
    case 'closing':
      return phase.outcome.result;
  }
}

/** The UI's tables have no padding, so headings and names bring their own. */
function headings(...names: readonly string[]): string {
  return `| ${names.join('\u2003 | ')} |\n|${' --- |'.repeat(names.length)}`;
}

function link(sweepId: string, trial: number): string {
  return `[${trial}](/namespaces/{namespace}/workflows/${trialWorkflowId(sweepId, trial)})`;
}

function layerTable(layers: LayerConfiguration | undefined): string {
  if (layers === undefined) return '';
  const rows = layerRows(layers).map((row) => `| ${row.layers}\u2003 | ${row.mode} | ${row.learningRate} |`);
  return [headings('layers', 'mode', 'learning rate'), ...rows].join('\n');
}

function assignmentTable(assignment: Assignment): string {
  const rows = Object.entries(assignment).map(
    ([name, value]) => `| ${name}\u2003 | ${typeof value === 'number' ? Number(value.toPrecision(4)) : value} |`,
  );
  return rows.length === 0 ? '' : [headings('parameter', 'value'), ...rows].join('\n');
}

function shown(value: JsonNumber | undefined): string {
  if (value === undefined) return '–';
  return value === null || Number.isNaN(value) ? 'NaN' : String(Number(value.toPrecision(4)));
}
