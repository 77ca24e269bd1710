import type { Dimension, Domain } from '../study/dimension.ts';
import { originText } from '../study/page.ts';
import type { Preview } from '../study/preview.ts';
import type { Sweep } from '../study/spec.ts';
import type { Suggestion } from '../study/suggestion.ts';
import { layerTable } from './report.ts';
import { duration, shown, table } from './table.ts';

/** All that `permafrost preview` prints. */
export function previewText({ metadata, spec }: Sweep, preview: Preview, secondsPerStep: number): string {
  const { dimensions, examples, rungs, savings, finals, wallSeconds } = preview;
  const { spent, unpruned } = savings;
  const spared = Math.round(100 * (1 - spent.gpuSeconds / unpruned.gpuSeconds));
  return [
    `${metadata.name}: ${spec.numTrials} trials, ${spec.parallelTrials} at a time, ${spec.searchAlgorithm.name} and ${spec.pruneAlgorithm.name}`,
    table(['DIMENSION', 'VALUES', 'IN USE'], dimensions.map(dimensionRow)),
    ...examples.map(exampleText),
    table(
      ['RUNG', 'STEPS', 'TRIALS', 'GPU-HOURS'],
      rungs.map(({ steps, trials, gpuHours }, rung) => [rung, steps, trials, shown(gpuHours)]),
    ),
    `The search would take ${hours(spent.gpuSeconds)} GPU-hours; without pruning ${hours(unpruned.gpuSeconds)}: pruning spares ${spared} %.\n` +
      `${finals.trials} final trainings: ${hours(finals.cost.gpuSeconds)} GPU-hours. On the clock: ${duration(wallSeconds)}.\n` +
      `Simulated at ${secondsPerStep} s per optimizer step (--seconds-per-step) with made-up losses: this tells what a sweep costs, not what it finds.`,
  ].join('\n\n');
}

const hours = (seconds: number): string => shown(seconds / 3600);

function dimensionRow({ name, domain, activeWhen }: Dimension): readonly string[] {
  const conditions = Object.entries(activeWhen).map(([parent, value]) => `${parent} = ${value}`);
  return [name, domainText(domain), conditions.length === 0 ? 'always' : `when ${conditions.join(' and ')}`];
}

function domainText(domain: Domain): string {
  if ('choices' in domain) return domain.choices.join(', ');
  switch (domain.kind) {
    case 'normal':
      return `normal, ${domain.mean} ± ${domain.standardDeviation}`;
    case 'logNormal':
      return `log-normal, median ${domain.median}`;
    case 'frozenOrRate':
      return `frozen, or ${domain.min} to ${domain.max} (log)`;
    default: {
      const { kind, min, max, step } = domain;
      return `${min} to ${max}${step === undefined ? '' : ` by ${step}`}${kind === 'logUniform' ? ' (log)' : ''}`;
    }
  }
}

function exampleText({ origin, assignment, layers }: Suggestion, index: number): string {
  const values = Object.entries(assignment).map(([name, value]) => `${name}=${typeof value === 'number' ? shown(value) : value}`);
  const head = `Example ${index + 1}, ${origin.by === 'sampler' ? 'drawn at random' : originText(origin)}: ${values.join(' ')}`;
  return layers === undefined ? head : `${head}\n${layerTable(layers)}`;
}
