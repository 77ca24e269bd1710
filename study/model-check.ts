import type { ModelShape } from './layerwise.ts';
import { mustBe, SpecError } from './spec/problem.ts';
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
    const deepest = layerwise.frozenPrefix?.max ?? 0;
    return deepest <= model.layers
      ? []
      : [mustBe(`${path}.frozenPrefix.max`, `<= ${model.layers}, the number of the model's layers`, deepest)];
  });
  if (problems.length > 0) throw new SpecError(problems);
}
