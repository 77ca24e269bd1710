import type { ModelShape } from './layerwise.ts';
import type { Layerwise } from './spec/layerwise-schema.ts';
import { mustBe, type Problem, SpecError } from './spec/problem.ts';
import type { Sweep } from './spec.ts';

/**
 * The part of a sweep's check that needs its model.
 * @param model - undefined when it is not known: a program of one's own that names no model
 * @throws {SpecError} if a layerwise parameter goes beyond the model's layers, or there is one and the model is not known
 */
export function checkAgainstModel({ spec }: Sweep, model: ModelShape | undefined): void {
  const problems = spec.parameters.flatMap(({ searchSpace: { layerwise } }, index) => {
    if (layerwise === undefined) return [];
    const path = `spec.parameters[${index}].searchSpace.layerwise`;
    if (model === undefined)
      return [{ path, message: 'needs a model whose layers can be counted; name its folder in spec.trialTemplate.trainer.model' }];
    return layerwiseProblems(path, layerwise, model);
  });
  if (problems.length > 0) throw new SpecError(problems);
}

function layerwiseProblems(
  path: string,
  { frozenPrefix, reinit, blockSize, blockSizes }: Layerwise,
  { layers }: ModelShape,
): readonly Problem[] {
  const tooMany = (field: string, count = 0) =>
    count <= layers ? [] : [mustBe(`${path}.${field}`, `<= ${layers}, the number of the model's layers`, count)];
  const sum = blockSizes?.reduce((total, size) => total + size, 0) ?? layers;
  return [
    ...tooMany('frozenPrefix.max', frozenPrefix?.max),
    ...tooMany('reinit.max', reinit?.max),
    ...tooMany('blockSize', blockSize),
    ...(sum === layers
      ? []
      : [mustBe(`${path}.blockSizes`, `sizes that make ${layers} together, the number of the model's layers`, blockSizes)]),
  ];
}
