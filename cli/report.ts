import { heldOutMetric } from '../study/held-out.ts';
import { layerRows } from '../study/layer-rows.ts';
import type { Origin } from '../study/log.ts';
import { outcomeText } from '../study/outcome.ts';
import { originText } from '../study/page.ts';
import type { ParetoFront } from '../study/pareto-front.ts';
import { explanationOf } from '../study/reason.ts';
import { savingsIn } from '../study/savings.ts';
import type { Summary } from '../study/summary.ts';
import type { LayerConfiguration, Objective } from '../study/trial.ts';
import type { TrialRow } from '../study/trial-rows.ts';
import { duration, shown, table } from './table.ts';

/** @param queued - why, of the running trials that do not run yet */
export function trialTable(rows: readonly TrialRow[], objectives: readonly Objective[], queued: ReadonlyMap<number, string>): string {
  return table(
    ['TRIAL', 'ORIGIN', 'STATE', 'STEP', ...objectives.map(({ metric }) => metric.toUpperCase()), 'SECONDS', 'PARAMETERS', 'WHY'],
    rows.map((row) => [
      row.trial,
      shortOrigin(row.origin),
      queued.has(row.trial) ? 'queued' : row.state,
      row.step,
      ...objectives.map(({ metric }) => shown(row.metrics[metric])),
      Math.round(row.seconds),
      Object.entries(row.assignment)
        .map(([name, value]) => `${name.replace(/^layers\./, '')}=${typeof value === 'number' ? shown(value) : value}`)
        .join(' '),
      row.failure?.split('\n')[0] ?? queued.get(row.trial) ?? (row.decision ? explanationOf(row.decision.reason) : ''),
    ]),
  );
}

function shortOrigin(origin: Origin): string {
  if (origin.by !== 'sampler') return originText(origin).replace('on a fresh seed', 'again');
  return origin.expectedImprovement === undefined ? 'search' : `search, expecting ${shown(origin.expectedImprovement)}`;
}

export function layerTable(layers: LayerConfiguration): string {
  return table(
    ['LAYERS', 'MODE', 'LEARNING RATE'],
    layerRows(layers).map((row) => [row.layers, row.mode, row.learningRate || '–']),
  );
}

function frontTable({ objectives, steps, trials }: ParetoFront): string {
  const rows = trials.map(({ trial, values }) => [trial, ...objectives.map(({ metric }) => shown(values[metric]))]);
  return `No trial beats these in everything, after ${steps} steps:\n${table(['TRIAL', ...objectives.map(({ metric }) => metric.toUpperCase())], rows)}`;
}

function heldOutTable({ heldOut, objective, best }: Summary): string {
  return table(
    ['CONFIGURATION', heldOutMetric(objective.metric).toUpperCase(), '±', 'SEEDS', 'SELECTION'],
    heldOut.map(({ name, trial, mean, deviation, values }) => [
      trial === undefined ? 'majority class' : `${name} (trial ${trial})`,
      mean.toFixed(3),
      deviation === undefined ? '–' : deviation.toFixed(3),
      values.length,
      name === 'best' ? `${shown(best?.selectionValue)} (biased: chosen as the best)` : '',
    ]),
  );
}

function costText({ wallSeconds, cost, savings, pricePerGpuHour }: Summary): string {
  const { unit, spent, unpruned } = savingsIn(savings);
  const price = (gpuSeconds: number): string =>
    pricePerGpuHour === undefined ? '' : ` (${((gpuSeconds / 3600) * pricePerGpuHour).toFixed(2)} at ${pricePerGpuHour} each)`;
  const shownCost = (seconds: number): string =>
    unit === 'GPU' ? `${Number((seconds / 3600).toPrecision(3))} GPU-hours${price(seconds)}` : `${duration(seconds)} of trainers`;
  const spared = unpruned > spent ? `: pruning spared ${Math.round(100 * (1 - spent / unpruned))} %` : '';
  return (
    `The search took ${shownCost(spent)}; without pruning its trials would have taken ${shownCost(unpruned)}${spared}.\n` +
    `In all: ${duration(wallSeconds)} on the clock, ${shownCost(unit === 'GPU' ? cost.gpuSeconds : cost.seconds)}.`
  );
}

/** All that a finished sweep has to say, as printed after `run` and by `best`. */
export function summaryText(summary: Summary, address: string): string {
  const { best, front, counts, verdict, heldOut, answer, warnings = [] } = summary;
  const parts = [
    ...(best
      ? [`Best: trial ${best.trial}, ${summary.objective.metric} ${shown(best.selectionValue)} on the selection split`]
      : ['No trial reported a number.']),
    ...(best?.layers ? [layerTable(best.layers)] : []),
    ...(front ? [frontTable(front)] : []),
    ...(heldOut.length > 0 ? [`On held-out data, mean and standard deviation over fresh seeds:\n${heldOutTable(summary)}`] : []),
    ...(verdict.length > 0 ? [verdict.join('\n')] : []),
    ...(answer.length > 0 ? [answer.join('\n')] : []),
    ...(warnings.length > 0 ? [warnings.map((warning) => `Warning: ${warning}`).join('\n')] : []),
    `${counts.search} trials (${counts.reachedTop} to the end, ${counts.failed} failed), ${counts.finals} final trainings; ` +
      `the search ended because ${outcomeText(summary.outcome)}.\n${costText(summary)}`,
    `Results: ${address}${summary.model === undefined ? '' : `\nModel:   ${summary.model}`}`,
  ];
  return parts.join('\n\n');
}
