import type { Importance } from '../study/importance/importance.ts';
import type { Summary } from '../study/summary.ts';
import { table } from './table.ts';

const share = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(2));
const chance = (p: number): string => (p < 0.001 ? '<0.001' : p.toFixed(3));

function settingsTable({ settings }: Importance): string {
  return table(
    ['SETTING', 'SHARE', '95 %', 'P', 'PED-ANOVA', 'FANOVA', 'RANK CORRELATION', 'P'],
    settings.map(({ label, share: found, interval, p, pedAnova, fanova, correlation }) => [
      label,
      share(found),
      interval.map(share).join(' to '),
      chance(p),
      share(pedAnova),
      share(fanova),
      share(correlation?.rho),
      correlation === undefined ? '–' : chance(correlation.p),
    ]),
  );
}

function layersTable({ layers }: Importance): string {
  return table(
    ['LAYER', 'FROZEN IN', 'FROZEN', 'P', 'RATE', 'P'],
    layers.map(({ layer, frozenShare, frozen, rate }) => [
      layer,
      `${Math.round(100 * frozenShare)} %`,
      share(frozen?.rho),
      frozen === undefined ? '–' : chance(frozen.p),
      share(rate?.rho),
      rate === undefined ? '–' : chance(rate.p),
    ]),
  );
}

/** What matters for the result, as printed by `importance`. */
export function importanceText({ importance, answer }: Summary): string {
  if (importance === undefined) return [...answer, 'The trials are too few, or too much alike, to tell what matters.'].join('\n');
  const { sample, trials, layers } = importance;
  const from = { panel: 'drawn blindly', grid: 'of a grid', searched: 'of the search, some chosen by the sampler' }[sample];
  return [
    answer.join('\n'),
    `From ${trials} trials ${from}; p adjusted for the number of settings:\n${settingsTable(importance)}`,
    ...(layers.length > 0
      ? [`Rank correlation of each layer with the result, above 0 if frozen or faster is better:\n${layersTable(importance)}`]
      : []),
  ].join('\n\n');
}
