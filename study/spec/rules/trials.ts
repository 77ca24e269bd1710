import type { SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';
import { isLayerwise } from './parameters.ts';

/** How trials run: rungs that rise, baselines that can be had and that numTrials has room for. */
export function trialProblems(parts: SpecParts): readonly Problem[] {
  return [...rungProblems(parts), ...baselineProblems(parts)];
}

function rungProblems({ pruneAlgorithm }: SpecParts): readonly Problem[] {
  if (pruneAlgorithm?.name !== 'asha') return [];
  const { minResource, maxResource } = pruneAlgorithm;
  const path = 'spec.pruneAlgorithm.minResource';
  if (minResource === undefined) return [mustBe(path, 'given for asha', undefined)];
  return minResource < maxResource ? [] : [mustBe(path, `< maxResource, which is ${maxResource}`, minResource)];
}

function baselineProblems({ enqueue = [], parameters, numTrials }: SpecParts): readonly Problem[] {
  if (enqueue.length === 0) return [];
  const isRepeated = (index: number) => enqueue.indexOf(enqueue[index]!) !== index;
  return [
    ...enqueue.flatMap((name, index) => (isRepeated(index) ? [mustBe(`spec.enqueue[${index}]`, 'named only once', name)] : [])),
    ...(parameters.some(isLayerwise) || parameters.some(({ parameter }) => parameter === undefined)
      ? []
      : [{ path: 'spec.enqueue', message: 'baselines need a layerwise parameter; add one or leave enqueue out' }]),
    ...(numTrials === undefined || numTrials >= enqueue.length
      ? []
      : [mustBe('spec.numTrials', `>= ${enqueue.length}, the number of enqueued baselines`, numTrials)]),
  ];
}
