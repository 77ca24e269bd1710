/** One night of a nightly study: what it starts, and how what it found compares. */
import type { CronSweep } from './cron-sweep.ts';
import { gainOver, type HeldOutScore } from './held-out.ts';
import { parseSweep } from './spec.ts';
import type { Summary } from './summary.ts';
import type { EarlierSweep } from './warm-start/earlier-trials.ts';
import { type WarmStart, warmStarted } from './warm-start/warm-start.ts';

/** `sections-20261121-020000`: the study and when the night was due, in UTC. */
export function nightName(study: string, at: Date): string {
  const [day, time] = at.toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  return `${study}-${day}-${time}`;
}

/**
 * The sweep of a night, warm-started. Its seed is that of the template plus the minute of the night, or every night would
 * make the same random draws.
 * @param earlier - finished sweeps of the study, oldest first; `warmStart.nights` says how many there should be
 */
export function nightSweep({ apiVersion, metadata, spec }: CronSweep, at: Date, earlier: readonly EarlierSweep[]): WarmStart {
  const { searchAlgorithm, ...template } = spec.sweepTemplate.spec;
  const seed = (searchAlgorithm.seed + Math.floor(at.getTime() / 60_000)) % 2 ** 32;
  const sweep = parseSweep({
    apiVersion,
    kind: 'Sweep',
    metadata: { namespace: metadata.namespace, name: nightName(metadata.name, at) },
    spec: { ...template, searchAlgorithm: { ...searchAlgorithm, seed } },
  });
  return warmStarted(sweep, earlier, spec.warmStart.best);
}

/** A night's best beside that of its study. */
export interface NightVerdict {
  /** `unknown` without a best on either side, or without a measure of noise. */
  readonly result: 'worse' | 'notWorse' | 'unknown';
  /** Mean of tonight's best on held-out data. */
  readonly best?: number;
  /** The best of the earlier sweeps there. */
  readonly study?: { readonly value: number; readonly sweep: string };
  /** In a sentence. */
  readonly message: string;
}

type Compared = Pick<Summary, 'sweep' | 'objective' | 'heldOut'>;

/**
 * Whether tonight's best is worse than the study's by more than the noise of both, two standard errors of the difference of their
 * means (see `gainOver`). Both are means over fresh seeds on held-out data: the best of many trials on the data that chose it is lucky.
 */
export function judgeNight(tonight: Compared, earlier: readonly Compared[]): NightVerdict {
  const { objective } = tonight;
  const alike = earlier.filter((other) => other.objective.metric === objective.metric && other.objective.direction === objective.direction);
  const best = bestOf(tonight);
  const record = alike
    .flatMap((other) => bestOf(other) ?? [])
    .reduce<Scored | undefined>(
      (found, next) => (found !== undefined && gainOver(next.score, found.score, objective).gain <= 0 ? found : next),
      undefined,
    );
  const told = {
    ...(best && { best: best.score.mean }),
    ...(record && { study: { value: record.score.mean, sweep: record.sweep } }),
  };
  if (best === undefined) return { ...told, result: 'unknown', message: 'The last night has no best on held-out data.' };
  if (record === undefined)
    return { ...told, result: 'unknown', message: 'There is no earlier sweep of the study with a best on held-out data.' };
  const { gain, noise } = gainOver(best.score, record.score, objective);
  const [ours, theirs] = [best.score.mean, record.score.mean].map((value) => value.toFixed(4));
  const compared = `${objective.metric} ${ours} on held-out data, ${theirs} in ${record.sweep}`;
  if (noise === undefined || record.score.deviation === undefined) {
    return { ...told, result: 'unknown', message: `${compared}; the noise is not known: let finalSeeds be at least 2.` };
  }
  const standing = gain < -noise ? 'worse by more than' : gain > noise ? 'better by more than' : 'within';
  const result = gain < -noise ? 'worse' : 'notWorse';
  return { ...told, result, message: `${compared}; ${standing} the noise of ${noise.toFixed(4)}.` };
}

interface Scored {
  readonly sweep: string;
  readonly score: HeldOutScore;
}

function bestOf({ sweep, heldOut }: Compared): Scored | undefined {
  const score = heldOut.find(({ name }) => name === 'best');
  return score && { sweep, score };
}
