/** `docs/low-volume.md`, made of the findings alone. */
import { duration } from '../../cli/table.ts';
import type { MethodName } from '../../study/methods/methods.ts';
import { mean } from '../../study/statistics/quantile.ts';
import {
  type Comparison,
  comparisonsWith,
  comparisonText,
  frozenAnswers,
  layerName,
  margin,
  profileAnswers,
  rangeText,
  rateAnswers,
  shownP,
  signed,
} from './answers.ts';
import { baseline } from './arms.ts';
import type { Finding, Findings } from './findings.ts';
import { cellsOf } from './sweeps.ts';

export function pageOf(findings: Findings): string {
  const { scope, found, failed } = findings;
  const parts = [
    '# Few examples: a study',
    'Made by `npm run study:low-volume` from the reports of its sweeps; nothing here is typed by hand.',
    runText(findings),
    '## Do searched rates for each layer beat uniform fine-tuning?',
    list(rateAnswers(findings)),
    '## Do layers differ in importance?',
    list(profileAnswers(findings)),
    ...profileTable(findings),
    '## Which layers can stay frozen?',
    list(frozenAnswers(findings)),
    `A prefix counts when the interval of its difference from full fine-tuning lies above −${100 * margin} point. Longer ones are looked at first, and the intervals are not corrected for that.`,
    ...scope.sizes
      .filter((size) => found.some((finding) => finding.size === size))
      .flatMap((size) => [`## All methods with ${size} examples`, methodTable(found, size)]),
    ...notYetPart(findings),
    ...(failed.length > 0
      ? ['## What failed', list(failed.map(({ title, size, message }) => `${title} with ${size} examples: ${message.split('\n')[0]}`))]
      : []),
    '## The chosen settings',
    settingsTable(found),
    '## How it was done',
    list(methodNotes(findings)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function runText({ scope, found, model, version, data }: Findings): string {
  const trainings = found.reduce((sum, { trials, scores }) => sum + trials + scores.length, 0);
  const seconds = found.reduce((sum, { searchSeconds, scores }) => sum + searchSeconds + total(scores.map((score) => score.seconds)), 0);
  const days = [...new Set([...found.map(({ from }) => from), ...found.map(({ to }) => to)].toSorted().map((time) => time.slice(0, 10)))];
  const when = days.length > 1 ? `${days[0]} to ${days.at(-1)}` : days[0];
  const planned = cellsOf(scope, model).length;
  const which =
    scope.name === 'quick'
      ? `**This is the quick run** (\`-- --quick\`): few seeds, few methods, one number of examples. It shows that the study works; of differences it can show only large ones`
      : found.length < planned
        ? `**This is the whole run as far as it has come: ${found.length} of ${planned} sweeps.** The same command goes on with the others`
        : 'This is the whole run';
  const machines = new Set(
    found.map(({ machine: { processor, cores, slots } }) => `${cores} cores (${processor}), ${slots} trainings at a time`),
  );
  return `${which}. ${found.length} sweeps, ${trainings} trainings, ${duration(seconds)} of trainers in all, on ${when}, by Permafrost ${version} on ${[...machines].join('; ')}. The model is ${model.name}; the data are ${data.name}: ${data.source}, ${data.labels} labels.`;
}

/** Which sweeps of the run are still to come, a line for each number of examples. */
function notYetPart({ scope, found, failed, model }: Findings): readonly string[] {
  const over = new Set([...found, ...failed].map(({ arm, size }) => `${arm} ${size}`));
  const planned = cellsOf(scope, model);
  const left = planned.filter(({ arm, size }) => !over.has(`${arm.name} ${size}`));
  const ofEachSize = planned.length / scope.sizes.length;
  const lines = [...Map.groupBy(left, ({ size }) => size)].map(([size, cells]) => {
    const which = cells.length === ofEachSize ? 'all methods' : cells.map(({ arm }) => arm.title).join(', ');
    return `With ${size} examples: ${which}.`;
  });
  return lines.length === 0 ? [] : ['## Not run yet', list(lines)];
}

function methodNotes({ scope, data, found }: Findings): readonly string[] {
  const { seeds, trials, steps } = scope;
  return [
    `Each method with each number of examples is a sweep of the study \`low-volume\`. It searches the method's settings on the selection split (${data.selection} texts) and trains the best of them again on fresh seeds, which are scored on the held-out split (${data.heldOut} texts). Nothing is chosen by held-out scores.`,
    `The search sees one sample of the given size, each fresh seed draws another out of ${data.train} texts. Seeds are the same for all methods, so that a seed means the same sample, the same first head and the same order; differences are taken seed by seed.`,
    `Every training has ${steps} steps of 16 texts, whatever the number of examples and the method. A search has ${trials.usual} trials, and ${trials.long} for full fine-tuning and the rate per layer; a third of them is trained to the end (asha). The rate per layer begins with the best of layer-wise decay.`,
    `Intervals are bootstrapped over the seeds, in pairs (2,000 draws, 95 %). p is exact, by flipping the signs of the differences, and adjusted after Holm for the main methods with one number of examples. With ${seeds.main} seeds p is at least ${shownP(2 / 2 ** seeds.main)} before that.${seeds.other < seeds.main && found.some(({ isMain }) => !isMain) ? ` The other methods have ${seeds.other} seeds, too few to test; their intervals are too narrow.` : ''}`,
    'Unevenness of the profile: the rates of each blindly drawn trial are dealt out to its layers anew, 1,000 times, and rank correlations of the layers with the result should differ as much as often. That asks whether layers differ, not whether rates matter.',
    `Seconds are those of one training with its evaluations, while another one ran beside it and whatever else its machine did; a run that goes on elsewhere compares seconds of two machines. Scores hold for this model, these texts and these numbers of steps.`,
  ];
}

function methodTable(found: readonly Finding[], size: number): string {
  const all = found.filter((finding) => finding.size === size);
  const compared = new Map(comparisonsWith(found, size).map((comparison) => [comparison.finding, comparison]));
  const majority = all[0]?.majority;
  const rows = all
    .toSorted((a, b) => scoreOf(b) - scoreOf(a))
    .map((finding) => [
      finding.arm === baseline ? `**${finding.title}**` : finding.title,
      `${percent(scoreOf(finding))} ± ${deviation(finding.scores.map(({ score }) => score))}`,
      `${finding.scores.length}`,
      ...against(compared.get(finding)),
      finding.trainedParameters.toLocaleString('en'),
      secondsOf(finding).toFixed(1),
      duration(finding.searchSeconds),
    ]);
  const head = [
    'method',
    'held-out accuracy, %',
    'seeds',
    'against full, points (95 %)',
    'p',
    'trained parameters',
    'seconds',
    'its search',
  ];
  const below = majority === undefined || Number.isNaN(majority) ? '' : `\n\nAlways the commonest label: ${percent(majority)} %.`;
  return `${markdownTable(head, rows)}${below}`;
}

function against(comparison: Comparison | undefined): readonly string[] {
  if (comparison === undefined) return ['', ''];
  return [`${signed(comparison.difference)} (${rangeText(comparison)})`, comparison.p === undefined ? '–' : shownP(comparison.p)];
}

function profileTable({ found }: Findings): readonly string[] {
  const measured = found.flatMap(({ size, profile, best }) => (profile === undefined ? [] : [{ size, profile, best }]));
  if (measured.length === 0) return [];
  const head = ['layer', ...measured.flatMap(({ size }) => [`correlation, ${size}`, `chosen rate, ${size}`])];
  const rows = measured[0]!.profile.layers.map(({ layer }, index) => [
    layerName(layer),
    ...measured.flatMap(({ profile, best }) => {
      const chosen = best.layers[index]!; // of the same layers
      return [profile.layers[index]!.rho.toFixed(2), 'learningRate' in chosen ? numberText(chosen.learningRate) : 'frozen'];
    }),
  ]);
  return [
    markdownTable(head, rows),
    "Rank correlation of a layer's rate with the result, frozen being the lowest rate: above 0, higher is better.",
  ];
}

function settingsTable(found: readonly Finding[]): string {
  const rows = found.map(({ title, size, best, sweep }) => [
    title,
    `${size}`,
    Object.entries(best.assignment)
      .map(([name, value]) => `${name.replace(/^layers\./, '')} ${typeof value === 'number' ? numberText(value) : value}`)
      .join(', '),
    `\`${sweep}\`, trial ${best.trial}`,
  ]);
  return markdownTable(['method', 'examples', 'settings', 'found by'], rows);
}

/** What the study says of one method, for its page: a line for each number of examples, or nothing. */
export function measuredLines(findings: Findings, method: MethodName): readonly string[] {
  const { scope, found } = findings;
  return scope.sizes.flatMap((size) => {
    const ofSize = found.filter((finding) => finding.size === size);
    const finding = ofSize.find((other) => (method === 'full' ? other.arm === baseline : other.method === method));
    if (finding === undefined) return [];
    const comparison = comparisonsWith(ofSize, size).find((other) => other.finding === finding);
    const than = comparison === undefined ? `${finding.scores.length} seeds` : `${comparisonText(comparison)} against full fine-tuning`;
    return [
      `With ${size} examples: ${percent(scoreOf(finding))} ± ${deviation(finding.scores.map(({ score }) => score))} %, ${than}; ${finding.trainedParameters.toLocaleString('en')} trained parameters.`,
    ];
  });
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const list = (sentences: readonly string[]): string => sentences.map((sentence) => `- ${sentence}`).join('\n');
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const scoreOf = ({ scores }: Finding): number => mean(scores.map(({ score }) => score));
const secondsOf = ({ scores }: Finding): number => mean(scores.map(({ seconds }) => seconds));
/** Rates are small: `1.2e-4`. */
const numberText = (value: number): string => (value !== 0 && value < 0.01 ? value.toExponential(1) : `${Number(value.toPrecision(3))}`);
const percent = (share: number): string => (100 * share).toFixed(1);

function deviation(scores: readonly number[]): string {
  if (scores.length < 2) return '–';
  const middle = mean(scores);
  return percent(Math.sqrt(total(scores.map((score) => (score - middle) ** 2)) / (scores.length - 1)));
}
