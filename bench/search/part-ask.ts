/** How long a sampler thinks, and what it holds in memory, after many trials. Runs alone: it goes by the clock. */
import { below } from '../gates.ts';
import type { Job } from './contest.ts';
import type { Part } from './part.ts';
import type { AskResult } from './run-ask.ts';

interface Row {
  readonly sampler: string;
  readonly trials: number;
  readonly mostMilliseconds: number;
  /** The most trials at which the peer answers in seconds rather than minutes. */
  readonly peerTrials: number;
  readonly asks: number;
}

const rows: readonly Row[] = [
  { sampler: 'tpe', trials: 1000, mostMilliseconds: 50, peerTrials: 1000, asks: 9 },
  { sampler: 'gp', trials: 1000, mostMilliseconds: 500, peerTrials: 300, asks: 3 },
];

/** Rates of 32 layers and four other parameters. */
const layers = 32;
const dimensions = layers + 4;
const manyTrials = 10_000;
const mostMegabytes = 200;

const memoryJob: Job = { side: 'ours', module: 'ask', searchAlgorithm: { name: 'tpe' }, layers, trials: manyTrials, asks: 1 };
const ourJob = ({ sampler, trials, asks }: Row): Job => ({
  side: 'ours',
  module: 'ask',
  searchAlgorithm: { name: sampler },
  layers,
  trials,
  asks,
});
const peerJob = ({ sampler, peerTrials }: Row): Job => ({
  side: 'peer',
  module: 'ask',
  method: sampler,
  layers,
  trials: peerTrials,
  asks: 3,
});

export const askPart: Part = {
  slots: 1,
  jobs: () => [memoryJob, ...rows.flatMap((row) => [ourJob(row), peerJob(row)])], // memory first, in a process that has done nothing else
  report: (_, results) => {
    const memory = results(memoryJob) as AskResult;
    const timed = rows.map((row) => ({
      row,
      ours: (results(ourJob(row)) as AskResult).milliseconds,
      peer: (results(peerJob(row)) as Pick<AskResult, 'milliseconds'>).milliseconds,
    }));
    return {
      title: `One more suggestion in ${dimensions} dimensions`,
      headings: ['SAMPLER', 'OURS', 'AFTER', 'OPTUNA', 'AFTER'],
      rows: timed.map(({ row, ours, peer }) => [
        row.sampler,
        `${ours.toFixed(1)} ms`,
        `${row.trials} trials`,
        `${peer.toFixed(1)} ms`,
        `${row.peerTrials} trials`,
      ]),
      gates: [
        ...timed.map(({ row, ours, peer }) =>
          below(
            `ask, ${row.sampler}, ${row.trials} trials × ${dimensions}, ms (peer at ${row.peerTrials})`,
            ours,
            row.mostMilliseconds,
            peer,
          ),
        ),
        below(`${manyTrials} trials × ${dimensions} and one ask: most memory, MB`, memory.megabytes, mostMegabytes),
      ],
    };
  },
};
