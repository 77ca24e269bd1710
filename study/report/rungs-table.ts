import type { SweepLog } from '../log.ts';
import { reportsOf } from '../rung-tables.ts';
import { type Html, html } from './html.ts';
import { percent } from './numbers.ts';

interface RungCount {
  readonly steps: number;
  readonly reports: number;
  readonly wentOn: number;
}

/** How many trials of the search reported at each rung, and how many of them went on. */
export function rungCounts(log: SweepLog, rungs: readonly number[]): readonly RungCount[] {
  const search = reportsOf(log, 'search');
  const reports = rungs.map((_, rung) => search.filter((report) => report.rung === rung).length);
  return rungs.map((steps, rung) => ({ steps, reports: reports[rung]!, wentOn: reports[rung + 1] ?? 0 }));
}

export function rungsTable(counts: readonly RungCount[]): Html {
  const most = Math.max(1, ...counts.map(({ reports }) => reports));
  return html`<table><tr><th>rung</th><th class="n">steps</th><th class="n">reports</th><th class="n">went on</th><th class="n">cut</th><th style="width:45%"></th></tr>
${counts.map(({ steps, reports, wentOn }, rung) => {
  const isLast = rung === counts.length - 1;
  const bar = html`<svg viewBox="0 0 300 14" preserveAspectRatio="none" aria-hidden="true" style="height:14px"><rect width="${(300 * reports) / most}" height="14" fill="var(--soft)"/>${
    isLast ? '' : html`<rect width="${(300 * wentOn) / most}" height="14" fill="var(--main)"/>`
  }</svg>`;
  return html`<tr><td>${rung}</td><td class="n">${steps}</td><td class="n">${reports}</td><td class="n">${isLast ? '–' : wentOn}</td>
<td class="n">${isLast || reports === 0 ? '–' : percent(1 - wentOn / reports)}</td><td>${bar}</td></tr>`;
})}</table>`;
}
