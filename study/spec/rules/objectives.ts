import { costMetrics } from '../../cost.ts';
import type { SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';
import { mostLosses } from '../spec-rules.ts';

/** Several objectives: each of its own, one of them measured by the trainer, and few enough to be carried. */
export function objectiveProblems({ objectives = [], numTrials, pruneAlgorithm }: SpecParts): readonly Problem[] {
  return [
    ...objectives.flatMap(({ metric, direction }, index) => {
      const path = `spec.objectives[${index}]`;
      return [
        ...(objectives.findIndex((other) => other.metric === metric) < index ? [mustBe(`${path}.metric`, 'named only once', metric)] : []),
        ...costProblems(path, index, metric, direction),
      ];
    }),
    ...(objectives.length > 1 && numTrials !== undefined && numTrials * objectives.length > mostLosses
      ? [mustBe('spec.numTrials', `<= ${Math.floor(mostLosses / objectives.length)} with ${objectives.length} objectives`, numTrials)]
      : []),
    ...(pruneAlgorithm?.by === 'nonDominatedRank' && objectives.length === 1
      ? [mustBe('spec.pruneAlgorithm.by', 'firstObjective where there is one objective', pruneAlgorithm.by)]
      : []),
  ];
}

function costProblems(path: string, index: number, metric: string, direction: 'minimize' | 'maximize'): readonly Problem[] {
  if (!metric.startsWith('cost/')) return [];
  if (!costMetrics.includes(metric)) return [mustBe(`${path}.metric`, `${costMetrics.join(' or ')} where it begins with cost/`, metric)];
  return [
    ...(index === 0
      ? [mustBe(`${path}.metric`, 'a metric that the trainer reports: what a trial costs can only come after it', metric)]
      : []),
    ...(direction === 'maximize' ? [mustBe(`${path}.direction`, `minimize for ${metric}`, direction)] : []),
  ];
}
