import type { ParameterPart, SpecParts } from '../parts.ts';
import { mustBe, type Problem } from '../problem.ts';

/** The parameters beside each other: names that differ, and at most one of them layerwise. */
export function parameterProblems({ parameters }: SpecParts): readonly Problem[] {
  const layerwise = parameters.filter(isLayerwise);
  return [
    ...repeatedNames(parameters),
    ...layerwise.slice(1).map(({ path }) => ({
      path: `${path}.searchSpace`,
      message: `only one parameter can be layerwise, and ${layerwise[0]!.name} is`,
    })),
    ...layerwise.slice(0, 1).flatMap((part) => [...takenNames(part, parameters), ...headlessLayers(part, parameters)]),
  ];
}

export const isLayerwise = ({ parameter }: ParameterPart): boolean => parameter?.searchSpace.layerwise !== undefined;

/** Whether every trial has a value for it, as far as can be told. */
export function isAlwaysInUse({ parameter }: ParameterPart, parameters: readonly ParameterPart[]): boolean {
  if (parameter?.activeWhen !== undefined) return false;
  const target = parameters.find(({ name }) => name === parameter?.searchSpace.tied?.to);
  return target?.parameter?.activeWhen === undefined;
}

function repeatedNames(parameters: readonly ParameterPart[]): readonly Problem[] {
  return parameters.flatMap(({ path, name }, index) => {
    const first = parameters.findIndex((other) => other.name === name);
    if (name === undefined || first === index) return [];
    return [mustBe(`${path}.name`, `a name of its own (${parameters[first]!.path} has it)`, name)];
  });
}

/** `layers.decay` and the like stand for the layerwise parameter `layers` in an assignment. */
function takenNames(layerwise: ParameterPart, parameters: readonly ParameterPart[]): readonly Problem[] {
  return parameters
    .filter(({ name }) => name?.startsWith(`${layerwise.name}.`))
    .map(({ path, name }) =>
      mustBe(`${path}.name`, `a name that does not begin with ${layerwise.name}., for such are parts of ${layerwise.path}`, name),
    );
}

/** Schemes in which there is no rate that the head could share in every trial. */
const headless: readonly string[] = ['blocks', 'perLayer', 'modes'];

function headlessLayers(layerwise: ParameterPart, parameters: readonly ParameterPart[]): readonly Problem[] {
  const hasHead = parameters.some((part) => part.name === 'headLearningRate' && isAlwaysInUse(part, parameters));
  const scheme = layerwise.parameter?.searchSpace.layerwise?.scheme;
  if (scheme === undefined || !headless.includes(scheme) || hasHead) return [];
  return [
    {
      path: `${layerwise.path}.searchSpace.layerwise.scheme`,
      message: `${scheme} has no rate that the head could share; add a parameter headLearningRate without activeWhen`,
    },
  ];
}
