import { prunerFields } from '../algorithm-schema.ts';
import type { SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';
import { isLayerwise } from './parameters.ts';

/** How trials run: rungs that rise, a pruner that has what it needs, baselines that can be had, and room for all that is enqueued. */
export function trialProblems(parts: SpecParts): readonly Problem[] {
  return [
    ...rungProblems(parts),
    ...prunerFieldProblems(parts),
    ...pashaProblems(parts),
    ...baselineProblems(parts),
    ...roomProblems(parts),
  ];
}

function rungProblems({ pruneAlgorithm }: SpecParts): readonly Problem[] {
  if (pruneAlgorithm === undefined || pruneAlgorithm.name === 'none') return [];
  const { name, minResource, maxResource } = pruneAlgorithm;
  const path = 'spec.pruneAlgorithm.minResource';
  if (minResource === undefined) return [mustBe(path, `given for ${name}`, undefined)];
  return minResource < maxResource ? [] : [mustBe(path, `< maxResource, which is ${maxResource}`, minResource)];
}

function prunerFieldProblems({ pruneAlgorithm }: SpecParts): readonly Problem[] {
  if (pruneAlgorithm === undefined) return [];
  const { name } = pruneAlgorithm;
  return prunerFields.flatMap((field) => {
    const path = `spec.pruneAlgorithm.${field}`;
    const isGiven = pruneAlgorithm[field] !== undefined;
    if (name === field) return isGiven ? [] : [mustBe(path, `given for ${name}`, undefined)];
    return isGiven ? [{ path, message: `does not belong to ${name}; leave it out` }] : [];
  });
}

/** What asha can do and pasha cannot. */
function pashaProblems({ pruneAlgorithm }: SpecParts): readonly Problem[] {
  if (pruneAlgorithm?.name !== 'pasha') return [];
  const { mode, by } = pruneAlgorithm;
  const path = 'spec.pruneAlgorithm';
  return [
    ...(mode === 'stop' ? [mustBe(`${path}.mode`, 'promote or delayedPromote for pasha, under whose ceiling trials wait', mode)] : []),
    ...(by === 'nonDominatedRank' ? [mustBe(`${path}.by`, 'firstObjective for pasha', by)] : []),
  ];
}

/** All that is enqueued runs, or a comparison or a warm start would lack something. */
function roomProblems({ enqueue = [], enqueueAssignments = [], numTrials }: SpecParts): readonly Problem[] {
  const enqueued = enqueue.length + enqueueAssignments.length;
  if (numTrials === undefined || numTrials >= enqueued) return [];
  return [mustBe('spec.numTrials', `>= ${enqueued}, the number of enqueued trials`, numTrials)];
}

function baselineProblems({ enqueue = [], parameters }: SpecParts): readonly Problem[] {
  if (enqueue.length === 0) return [];
  const isRepeated = (index: number) => enqueue.indexOf(enqueue[index]!) !== index;
  return [
    ...enqueue.flatMap((name, index) => (isRepeated(index) ? [mustBe(`spec.enqueue[${index}]`, 'named only once', name)] : [])),
    ...(parameters.some(isLayerwise) || parameters.some(({ parameter }) => parameter === undefined)
      ? []
      : [{ path: 'spec.enqueue', message: 'baselines need a layerwise parameter; add one or leave enqueue out' }]),
  ];
}
