import { brokenConstraint } from '../../constraint.ts';
import type { SearchSpace } from '../../dimension.ts';
import type { SweepLog } from '../../log.ts';
import { seededStream } from '../../random.ts';
import type { Assignment, Objective } from '../../trial.ts';
import { type Observations, observationsOf } from '../observations.ts';
import type { Sampler } from '../sampler.ts';
import { searchedTrials } from '../searched.ts';
import { scrambledPoint } from '../sobol.ts';
import { type Acquisition, promisingPoints } from './acquisition.ts';
import { logCostFrom } from './cost-model.ts';
import { smooth, smoothOverDepth } from './depth-smooth.ts';
import { type Encoded, type Encoder, encoderOf } from './encoder.ts';
import { type Evidence, fit } from './fit.ts';
import { foretold } from './foretold.ts';
import { logExpectedImprovement } from './log-expected-improvement.ts';
import { posteriorOf } from './posterior.ts';
import { standardized } from './standard-scale.ts';
import { assignmentOf, type Units, unitsOf } from './units.ts';

export interface GpSettings {
  readonly seed: number;
  /** Trials that must have reported a number before the process is asked; until then the space is filled evenly. */
  readonly startupTrials: number;
  /** What is modelled. */
  readonly objective: Objective;
}

/** Trials that the process is made of at most, and that it is tuned on: both bound the time of an answer, which grows with their cubes. */
const most = { trials: 300, tuned: 100 };

/** Good trials that are looked around. */
const goodTrials = 6;

/**
 * Gaussian process. The next trial is the one with the greatest expected improvement per cost on the trial that the model
 * holds to be best. It reads all rungs, on the scale of the highest; failed and diverged trials are as bad as the worst that
 * reported; running ones are believed to turn out as expected. Until enough have reported, a scrambled Sobol sequence
 * gives profiles that are smooth over depth.
 * @see Jones, Schonlau, Welch: Efficient global optimization of expensive black-box functions, 1998
 * @see Snoek, Larochelle, Adams: Practical Bayesian optimization, NeurIPS 2012, section 3.2, for improvement per second
 */
export function gp({ seed, startupTrials, objective }: GpSettings): Sampler {
  return (space, log) => {
    const asked = searchedTrials(log).length;
    const observations = observationsOf(log, objective);
    const encoder = encoderOf(space);
    const { known, unit } = knownTrials(space, observations);
    if (known.filter(({ hasFailed }) => !hasFailed).length < startupTrials) {
      return { assignment: assignmentOf(space, smoothOverDepth(space, scrambledPoint(seed, asked, space.length), smooth)) };
    }
    const trials = representative(known, most.trials);
    const good = trials.toSorted((a, b) => a.loss - b.loss).map(({ units }) => units);
    const pending = observations.pending.flatMap((assignment) => unitsOf(space, assignment) ?? []);
    const improvement = improvementPerCost(space, encoder, log, trials, pending);
    const points = promisingPoints(space, improvement, good.slice(0, goodTrials), seededStream(seed, asked));
    const chosen = firstUntried(space, points, log);
    const expectedImprovement = Number((improvement.expectedAt(chosen) * unit).toPrecision(3)); // an estimate has no more digits
    return { assignment: assignmentOf(space, chosen), expectedImprovement };
  };
}

interface Known {
  readonly units: Units;
  /** Mean 0 and deviation 1 over those that have not failed. */
  readonly loss: number;
  readonly variance: number;
  readonly hasFailed: boolean;
}

/**
 * Trials with a loss, or with the worst of all in the place of one, best first; and what one unit of their losses is in the objective's.
 * Baselines that the space cannot express are left out.
 */
function knownTrials(space: SearchSpace, observations: Observations): { readonly known: readonly Known[]; readonly unit: number } {
  const sound = foretold(observations).filter(({ assignment }) => unitsOf(space, assignment) !== undefined);
  if (sound.length === 0) return { known: [], unit: 1 };
  const { losses, unit } = standardized(sound.map(({ loss }) => loss));
  const worst = losses.reduce((a, b) => Math.max(a, b));
  const known = sound.map(({ assignment, variance }, index) => {
    return { units: unitsOf(space, assignment)!, loss: losses[index]!, variance: variance / unit ** 2, hasFailed: false };
  });
  const failed = observations.hopeless.flatMap((assignment) => unitsOf(space, assignment) ?? []);
  const hopeless = failed.map((units) => ({ units, loss: worst, variance: 0, hasFailed: true }));
  return { known: [...known, ...hopeless].sort((a, b) => a.loss - b.loss), unit };
}

/** Of trials that come best first the better ones, and of the others each so many-th: what lies around the best, and what the rest is like. */
function representative(trials: readonly Known[], count: number): readonly Known[] {
  if (trials.length <= count) return trials;
  const best = Math.floor((count * 2) / 3);
  const stride = (trials.length - best) / (count - best);
  return [...trials.slice(0, best), ...Array.from({ length: count - best }, (_, index) => trials[best + Math.floor(index * stride)]!)];
}

function evidenceOf(encoder: Encoder, trials: readonly Known[]): Evidence {
  return {
    points: trials.map(({ units }) => encoder.encode(units)),
    losses: Float64Array.from(trials, ({ loss }) => loss),
    noise: Float64Array.from(trials, ({ variance }) => variance),
  };
}

interface Improvement extends Acquisition {
  /** Without its cost; in units of `Known.loss`, which among good trials are all alike. */
  expectedAt(units: Units): number;
}

function improvementPerCost(
  space: SearchSpace,
  encoder: Encoder,
  log: SweepLog,
  trials: readonly Known[],
  pending: readonly Units[],
): Improvement {
  const evidence = evidenceOf(encoder, trials);
  const values = fit(encoder, evidenceOf(encoder, representative(trials, most.tuned)));
  const posterior = posteriorOf(encoder, values, evidence, pending.map(encoder.encode));
  const best = Math.min(...evidence.points.map((point) => posterior.at(point).mean)); // not the lowest loss, which is lucky noise
  const logCost = logCostFrom(space, encoder, log);
  const isConstrained = space.some(({ constraints }) => constraints !== undefined);
  const logImprovementAt = (point: Encoded): number => {
    const { mean, deviation } = posterior.at(point);
    return logExpectedImprovement(best, mean, deviation).value;
  };
  return {
    expectedAt: (units) => Math.exp(logImprovementAt(encoder.encode(units))),
    valueAt(units) {
      if (isConstrained && brokenConstraint(space, assignmentOf(space, units)) !== undefined) return Number.NEGATIVE_INFINITY;
      const point = encoder.encode(units);
      return logImprovementAt(point) - logCost.at(point);
    },
    slopeAt(units) {
      const point = encoder.encode(units);
      let value = 0;
      const byEncoding = posterior.gradientAt(point, ({ mean, deviation }) => {
        const improvement = logExpectedImprovement(best, mean, deviation);
        value = logCost.at(point) - improvement.value;
        return { byMean: -improvement.byMean, byDeviation: -improvement.byDeviation };
      });
      const byJoint = byEncoding.byJoint.map((slope, at) => slope + logCost.byJoint[at]!);
      return { value, gradient: encoder.pullBack(units, byJoint, byEncoding.byLayers) };
    },
  };
}

/** A trial that is tried again tells only of the noise. When all are taken, the first. */
function firstUntried(space: SearchSpace, points: readonly Units[], log: SweepLog): Units {
  const tried = new Set(searchedTrials(log).map(({ assignment }) => keyOf(space, assignment)));
  return points.find((units) => !tried.has(keyOf(space, assignmentOf(space, units)))) ?? points[0]!;
}

const keyOf = (space: SearchSpace, assignment: Assignment): string => JSON.stringify(space.map(({ name }) => assignment[name] ?? null));
