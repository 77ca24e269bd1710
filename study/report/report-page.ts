/** `report/index.html`: what a sweep found, on one page that needs nothing else. */
import { constraintOf, constraintText } from '../constraint.ts';
import type { Importance } from '../importance/importance.ts';
import type { SweepLog } from '../log.ts';
import { lossOf } from '../objective.ts';
import { outcomeText } from '../outcome.ts';
import { originText } from '../page.ts';
import { rungsOf } from '../rungs.ts';
import { savingsIn } from '../savings.ts';
import type { SearchedSweep, Summary } from '../summary.ts';
import { type TrialRow, trialRows } from '../trial-rows.ts';
import { frontFigure } from './front-figure.ts';
import { heldOutFigure } from './held-out-figure.ts';
import { type HistoryPoint, historyFigure } from './history-figure.ts';
import { type Html, html } from './html.ts';
import { importanceFigure } from './importance-figure.ts';
import { layersFigure } from './layers-figure.ts';
import { chance, fixed, hours, percent, shown } from './numbers.ts';
import { rungCounts, rungsTable } from './rungs-table.ts';
import { style } from './style.ts';

export function reportPage(searched: SearchedSweep, log: SweepLog, summary: Summary): string {
  const { sweep, id } = searched;
  const { spec, metadata } = sweep;
  const rungs = rungsOf(spec.pruneAlgorithm);
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${metadata.name} · Permafrost</title><style>${{ html: style }}</style></head><body><main>
<h1>${metadata.name}</h1>
<p class="quiet">Study ${spec.study} · ${dayOf(log)} · ${summary.outcome.result}: ${outcomeText(summary.outcome)}</p>
${answer(summary)}
${warnings(summary)}
${tiles(summary)}
${best(summary)}
${front(log, summary)}
${heldOut(summary)}
<h2>How the search went</h2>
<div class="card">${historyFigure(historyOf(log, summary, rungs.length), summary.objective)}</div>
<div class="card">${rungsTable(rungCounts(log, rungs))}</div>
${summary.importance === undefined ? noImportance : importance(summary.importance)}
${searchedFor(searched)}
<footer class="quiet">Sweep <code>${id}</code>. The same figures as JSON lie beside this page in <code>summary.json</code>.</footer>
</main></body></html>
`;
  return page.html;
}

const noImportance = html`<h2>What matters</h2><p class="quiet">The trials are too few, or too much alike, to tell.</p>`;

function answer({ answer: sentences, verdict }: Summary): Html {
  const lines = [...sentences, ...verdict];
  return lines.length === 0 ? html`` : html`<div class="answer">${lines.map((line) => html`<p>${line}</p>`)}</div>`;
}

function warnings({ warnings: lines = [] }: Summary): Html {
  return lines.length === 0 ? html`` : html`<div class="warnings">${lines.map((line) => html`<p>${line}</p>`)}</div>`;
}

function tiles({ counts, wallSeconds, savings, cost, pricePerGpuHour }: Summary): Html {
  const { unit, spent, unpruned } = savingsIn(savings);
  const all = unit === 'GPU' ? cost.gpuSeconds : cost.seconds;
  const price =
    unit === 'GPU' && pricePerGpuHour !== undefined ? `, ${((all / 3600) * pricePerGpuHour).toFixed(2)} at ${pricePerGpuHour} an hour` : '';
  const tile = (name: string, value: string | number, note: string): Html =>
    html`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
  return html`<dl class="tiles">
${tile('Trials', counts.search, `${counts.reachedTop} to the end, ${counts.failed} failed`)}
${tile(`${unit}-hours of the search`, hours(spent), `${hours(unpruned)} without pruning`)}
${tile('Spared by pruning', unpruned > spent ? percent(1 - spent / unpruned) : '0 %', `of ${unit} time`)}
${tile(`${unit}-hours in all`, hours(all), `with ${counts.finals} final trainings${price}`)}
${tile('Hours on the clock', hours(wallSeconds), 'from first to last event')}
</dl>`;
}

function best({ best: found, objective }: Summary): Html {
  if (found === undefined) return html`<h2>Best configuration</h2><p>No trial reported a number.</p>`;
  const { trial, assignment, selectionValue, layers } = found;
  const rows = Object.entries(assignment).map(
    ([name, value]) =>
      html`<tr><td><code>${name}</code></td><td class="n">${typeof value === 'number' ? shown(value) : String(value)}</td></tr>`,
  );
  return html`<h2>Best configuration</h2>
<p>Trial ${trial}: ${objective.metric} ${shown(selectionValue)} on the selection split. It was chosen because this was the best, so it is too good to be true: see the held-out scores.</p>
${layers === undefined ? '' : html`<div class="card">${layersFigure(layers)}</div>`}
${rows.length === 0 ? '' : html`<details${layers === undefined ? html` open` : ''}><summary>Searched values</summary><div class="card"><table>${rows}</table></div></details>`}`;
}

/** Against the trials that came as far. */
function front(log: SweepLog, { front: found }: Summary): Html {
  if (found === undefined) return html``;
  const { objectives, steps, trials } = found;
  const members = new Set(trials.map(({ trial }) => trial));
  const valuesOf = (metrics: TrialRow['metrics']): readonly number[] => objectives.map(({ metric }) => metrics[metric] ?? Number.NaN);
  const points = trialRows(log)
    .filter(({ purpose, step }) => purpose === 'search' && step === steps)
    .map(({ trial, metrics }) => ({ trial, values: valuesOf(metrics), isInFront: members.has(trial) }))
    .filter(({ values }) => values.every(Number.isFinite));
  return html`<h2>Pareto front</h2>
<p>Of the ${points.length} trials that came to ${steps} steps none beats these ${trials.length} in everything. Of them only the best by ${objectives[0]!.metric} is trained again.</p>
<div class="card">${frontFigure(points, objectives)}</div>
<div class="card"><table><tr><th>trial</th>${objectives.map(({ metric }) => html`<th class="n">${metric}</th>`)}</tr>
${trials.map(({ trial, values }) => html`<tr><td>${trial}</td>${objectives.map(({ metric }) => html`<td class="n">${shown(values[metric])}</td>`)}</tr>`)}</table></div>`;
}

function heldOut({ heldOut: scores, objective }: Summary): Html {
  if (scores.length === 0) return html``;
  return html`<h2>Against the baselines</h2><div class="card">${heldOutFigure(scores, objective.metric.replace(/^eval\//, ''))}</div>`;
}

function importance(found: Importance): Html {
  const { sample, trials, settings, layers } = found;
  const from = {
    panel: 'drawn blindly',
    grid: 'of a grid',
    searched: 'of the search, some of them chosen by the sampler, which makes shares too small',
  }[sample];
  return html`<h2>What matters</h2>
<p>Estimated from ${trials} trials ${from}. Trials that ended early count with their last value, lifted by what later rungs usually change.</p>
<div class="card">${importanceFigure(found)}</div>
${layers.length === 0 ? '' : layersTable(found)}
<details><summary>All settings by all methods</summary><div class="card"><table>
<tr><th>setting</th><th class="n">share</th><th class="n">95 %</th><th class="n">p</th><th class="n">PED-ANOVA</th><th class="n">fANOVA</th><th class="n">rank correlation</th><th class="n">p</th></tr>
${settings.map(
  ({ label, share, interval, p, pedAnova, fanova, correlation }) => html`<tr><td>${label}</td><td class="n">${fixed(share)}</td>
<td class="n">${interval.map(fixed).join(' to ')}</td><td class="n">${chance(p)}</td><td class="n">${fixed(pedAnova)}</td><td class="n">${fixed(fanova)}</td>
<td class="n">${fixed(correlation?.rho)}</td><td class="n">${chance(correlation?.p)}</td></tr>`,
)}</table></div></details>`;
}

function layersTable({ layers }: Importance): Html {
  const cell = (found: { readonly rho: number; readonly p: number } | undefined): Html =>
    html`<td>${found === undefined ? '' : diverging(found.rho, found.p)}</td><td class="n">${fixed(found?.rho)}</td><td class="n">${chance(found?.p)}</td>`;
  return html`<div class="card"><table><caption>Rank correlation of each layer with the result. Frozen: right of the middle, trials that freeze it are better.
Rate: right of the middle, higher rates are better.</caption>
<tr><th>layer</th><th class="n">frozen in</th><th>frozen</th><th class="n"></th><th class="n">p</th><th>rate</th><th class="n"></th><th class="n">p</th></tr>
${layers
  .toReversed()
  .map(
    ({ layer, frozenShare, frozen, rate }) =>
      html`<tr><td>${/^\d+$/.test(layer) ? `layer ${layer}` : layer}</td><td class="n">${percent(frozenShare)}</td>${cell(frozen)}${cell(rate)}</tr>`,
  )}</table></div>`;
}

/** A bar from the middle of its cell; pale when it may be chance. */
function diverging(rho: number, p: number): Html {
  const length = Math.abs(rho) * 50;
  const color = rho > 0 ? 'var(--good)' : 'var(--bad)';
  return html`<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" style="height:12px;min-width:90px">
<rect x="${rho > 0 ? 50 : 50 - length}" width="${length}" y="1" height="10" fill="${color}" opacity="${p <= 0.05 ? 1 : 0.35}"/><rect x="49.7" width="0.6" height="12" fill="var(--quiet)"/></svg>`;
}

function searchedFor({ sweep: { spec } }: SearchedSweep): Html {
  const row = (name: string, value: string): Html => html`<tr><td>${name}</td><td><code>${value}</code></td></tr>`;
  return html`<h2>What was searched</h2><div class="card"><table>
${spec.parameters.map(({ name, searchSpace, activeWhen }) => row(name, flow(searchSpace) + (activeWhen ? ` when ${flow(activeWhen)}` : '')))}
${spec.enqueue.length > 0 ? row('baselines', spec.enqueue.join(', ')) : ''}
${spec.enqueueAssignments.map(({ assignment, from, because }) => row(originText({ by: 'assigned', ...(from && { from }) }), reasoned(flow(assignment), because)))}
${spec.constraints.map(({ because, ...constraint }) => row('constraint', reasoned(constraintText(constraintOf(constraint)), because)))}
${row('objectives', spec.objectives.map(({ metric, direction }) => `${direction} ${metric}`).join(', '))}
${row('sampler', flow(spec.searchAlgorithm))}
${row('pruner', flow(spec.pruneAlgorithm))}
${row('limits', flow({ numTrials: spec.numTrials, parallelTrials: spec.parallelTrials, maxFailedTrials: spec.maxFailedTrials, ...spec.budget }))}
${row('trainer', flow(spec.trialTemplate.trainer))}
</table></div>`;
}

const reasoned = (what: string, because: string | undefined): string => (because === undefined ? what : `${what}: ${because}`);

/** As YAML would have it on one line, without the braces around all. */
function flow(value: unknown): string {
  const text = (inner: unknown): string => {
    if (Array.isArray(inner)) return `[${inner.map(text).join(', ')}]`;
    if (typeof inner === 'object' && inner !== null) {
      return `{${Object.entries(inner)
        .map(([key, item]) => `${key}: ${text(item)}`)
        .join(', ')}}`;
    }
    return String(inner);
  };
  return text(value).replace(/^\{(.*)\}$/s, '$1');
}

function historyOf(log: SweepLog, { objective }: Summary, rungs: number): readonly HistoryPoint[] {
  return trialRows(log)
    .filter(({ purpose, rung }) => purpose === 'search' && rung !== undefined)
    .map(({ trial, metrics, rung }) => ({ trial, loss: lossOf(metrics, objective), isTop: rung === rungs - 1 }));
}

function dayOf(log: SweepLog): string {
  const [first] = log;
  return first === undefined ? '' : new Date(first.at).toISOString().slice(0, 10);
}
