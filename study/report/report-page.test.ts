import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepLog } from '../log.ts';
import { layerFreezeObjective, layerFreezeTask, metric } from '../simulator/layer-freeze.ts';
import { simulate } from '../simulator/simulate.ts';
import { simulationOf } from '../simulator/simulation-of.ts';
import { summaryOf } from '../summary.ts';
import { aSweep } from '../testing/builders.ts';
import { html } from './html.ts';
import { ticks } from './numbers.ts';
import { reportPage } from './report-page.ts';
import { rungCounts } from './rungs-table.ts';

const model = { layers: 12 };
const sweep = aSweep({
  objectives: [{ metric, direction: 'minimize' }],
  parameters: [
    { name: 'layers', searchSpace: { layerwise: { scheme: 'perLayer', learningRate: { min: 1e-6, max: 1e-3 } } } },
    { name: 'headLearningRate', searchSpace: { logUniform: { min: 1e-4, max: 1e-2 } } },
    { name: 'note', searchSpace: { categorical: { choices: ['<script>alert(1)</script>', '"&\''] } } },
  ],
  pruneAlgorithm: { name: 'asha', minResource: 3, maxResource: 27 },
  trialTemplate: { command: ['trainer'] },
  numTrials: 30,
  enqueue: ['headOnly'],
  finalSeeds: 2,
  budget: { cost: { max: 1000, pricePerGpuHour: 2 } },
});

function aReport(): { readonly page: string; readonly log: SweepLog } {
  const cluster = { objective: layerFreezeObjective(layerFreezeTask('mask', 1)), podStartSeconds: 10, crashRate: 0, attempts: 3, seed: 1 };
  const { log, outcome } = simulate(simulationOf(sweep, model, cluster));
  const searched = { id: 'default.small.1', sweep, model };
  return { log, page: reportPage(searched, log, summaryOf(searched, log, outcome)) };
}

test('the report of a whole sweep has every part, and needs nothing from elsewhere', () => {
  const { page } = aReport();
  for (const heading of ['Best configuration', 'How the search went', 'What matters', 'What was searched']) {
    assert.ok(page.includes(`<h2>${heading}</h2>`), heading);
  }
  assert.equal(page.match(/<figure>/g)?.length, 3, 'layers, history, importance');
  assert.doesNotMatch(page, /https?:|src=|href=|@import|url\(/);
  assert.doesNotMatch(page, /undefined|NaN|\[object/);
});

test('the report of a sweep with several objectives shows the front among the trials that came as far', () => {
  const { metric: loss } = sweep.spec.objectives[0]!;
  const two = aSweep({
    ...sweep.spec,
    objectives: [
      { metric: loss, direction: 'minimize' },
      { metric: 'cost/gpuSeconds', direction: 'minimize' },
    ],
  });
  const cluster = { objective: layerFreezeObjective(layerFreezeTask('mask', 1)), podStartSeconds: 10, crashRate: 0, attempts: 3, seed: 1 };
  const { log, outcome } = simulate(simulationOf(two, model, cluster));
  const searched = { id: 'default.small.1', sweep: two, model };
  const summary = summaryOf(searched, log, outcome);
  const page = reportPage(searched, log, summary);
  const section = page.slice(page.indexOf('<h2>Pareto front'), page.indexOf('<h2>How the search went'));
  const filled = [...section.matchAll(/fill="var\(--main\)"><title>trial (\d+)/g)].map(([, trial]) => Number(trial));
  const { trials, steps } = summary.front!;
  assert.deepEqual(new Set(filled), new Set(trials.map(({ trial }) => trial)));
  const asFar = log.filter((event) => event.type === 'reported' && event.step === steps && event.rung > 0).length; // final trials have a rung 0 alone
  assert.equal(section.match(/<circle/g)?.length, asFar);
  assert.ok(trials.length > 1 && asFar > trials.length);
  assert.doesNotMatch(page, /undefined|NaN|\[object/);
});

test('tags of the report are closed, and what users wrote cannot become tags', () => {
  const { page } = aReport();
  assert.ok(!page.includes('<script'));
  assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
  const open: string[] = [];
  for (const [, end, name, rest] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/g)) {
    if (end === '/') assert.equal(open.pop(), name);
    else if (!rest!.endsWith('/') && name !== 'meta') open.push(name!);
  }
  assert.deepEqual(open, []);
});

test('a sweep without a number has a report too', () => {
  const searched = { id: 'default.small.1', sweep, model };
  const outcome = { result: 'failed', because: 'noTrialReported', message: 'no trial reported a number for <b>' } as const;
  const page = reportPage(searched, [], summaryOf(searched, [], outcome));
  assert.ok(page.includes('failed: no trial reported a number for &lt;b&gt;'));
  assert.doesNotMatch(page, /undefined|NaN|\[object/);
});

test('rungs count the trials of the search alone', () => {
  const { log } = aReport();
  const [first, second, top] = rungCounts(log, [3, 9, 27]);
  assert.deepEqual([first!.reports, second!.steps, top!.wentOn], [30, 9, 0]);
  assert.equal(first!.wentOn, second!.reports);
  assert.ok(top!.reports > 0 && top!.reports < second!.reports);
});

test('html escapes what is put in, joins lists, and leaves html as it is', () => {
  assert.equal(html`<p title="${'"'}">${['<', html`<b>${1}</b>`]}${undefined}</p>`.html, '<p title="&quot;">&lt;<b>1</b></p>');
});

test('ticks are round', () => {
  assert.deepEqual(ticks(0.12, 0.58), [0.2, 0.4]);
  assert.deepEqual(ticks(0, 100), [0, 50, 100]);
  assert.deepEqual(ticks(0.68, 0.74), [0.68, 0.7, 0.72, 0.74]);
});
