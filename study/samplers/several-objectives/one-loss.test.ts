import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepEvent, SweepLog } from '../../log.ts';
import { reported, suggested } from '../../testing/logs.ts';
import { samplerContract } from '../../testing/sampler-contract.ts';
import { tpe } from '../tpe/tpe.ts';
import { randomChebyshev } from './chebyshev.ts';
import { oneLoss, withOneLoss } from './one-loss.ts';
import { splitByParetoRank } from './pareto-rank.ts';

const objectives = [
  { metric: 'eval/accuracy', direction: 'maximize' },
  { metric: 'cost/seconds', direction: 'minimize' },
] as const;

const taught = (seed: number) => tpe({ seed, startupTrials: 3, objective: oneLoss });
samplerContract('tpe by Pareto rank', (seed) => withOneLoss(taught(seed), objectives.slice(0, 1), splitByParetoRank));
samplerContract('tpe by Chebyshev losses', (seed) => withOneLoss(taught(seed), objectives.slice(0, 1), randomChebyshev(seed)));

test('the sampler beneath sees one loss for each report of the search, rung by rung', () => {
  const told = (trial: number, rung: number, accuracy: number, seconds: number | null): SweepEvent =>
    ({ ...reported(trial, accuracy), rung, metrics: { 'eval/accuracy': accuracy, 'cost/seconds': seconds } }) as SweepEvent;
  const log: SweepLog = [
    ...[0, 1, 2, 3].map((trial) => suggested(trial, {})),
    told(2, 0, 0.5, 2),
    told(0, 0, 0.9, 1),
    told(1, 0, 0.5, null),
    told(0, 1, 0.9, 3),
  ];
  let seen: SweepLog = [];
  const asked: number[] = [];
  const proposal = withOneLoss(
    (_, retold) => {
      seen = retold;
      return { assignment: {}, expectedImprovement: 1 };
    },
    objectives,
    (points, count) => {
      asked.push(count);
      return points.map(([first, second]) => 100 * first! + second!);
    },
  )([], log);
  assert.deepEqual(
    seen.flatMap((event) => (event.type === 'reported' ? [[event.trial, event.rung, event.metrics.oneLoss]] : [])),
    [
      [2, 0, -48],
      [0, 0, -89],
      [1, 0, null],
      [0, 1, -87],
    ],
  );
  assert.deepEqual(asked, [4, 4]);
  assert.deepEqual(proposal, { assignment: {} }); // what is expected of such a loss has no unit
});

test('Chebyshev: what dominates is better under any weights, and each end of a front is best under some', () => {
  const points = [
    [0, 4],
    [1, 1],
    [4, 0],
    [2, 2],
  ];
  const best = new Set<number>();
  for (let asked = 0; asked < 200; asked += 1) {
    const losses = randomChebyshev(1)(points, asked);
    assert.ok(losses[1]! < losses[3]!);
    best.add(losses.indexOf(Math.min(...losses)));
  }
  assert.deepEqual(best, new Set([0, 1, 2]));
});
