import { suggestion } from '../nearest.ts';
import type { Parameter } from '../parameter-schema.ts';
import type { ParameterPart } from '../parts.ts';
import type { Problem } from '../problem.ts';
import { isLayerwise } from './parameters.ts';

/**
 * What is wrong with a reference to a parameter that is searched. Parts of the layerwise parameter are looked up when the
 * model is known.
 * @param more - what is wrong with the parameter itself, when it is sound
 */
export function searchedName(
  path: string,
  name: string,
  parameters: readonly ParameterPart[],
  more: (parameter: Parameter) => readonly Problem[],
): readonly Problem[] {
  const layerwise = parameters.find(isLayerwise);
  if (layerwise !== undefined && name.startsWith(`${layerwise.name}.`)) return [];
  const found = parameters.find((candidate) => candidate.name === name);
  if (found === undefined) {
    return [
      {
        path,
        message: `${name} is not a parameter of this sweep; ${suggestion(
          name,
          parameters.flatMap((part) => part.name ?? []),
        )}`,
      },
    ];
  }
  if (isLayerwise(found))
    return [{ path, message: `${name} is a layerwise parameter; name one of its parts, such as ${name}.learningRate` }];
  const tied = found.parameter?.searchSpace.tied;
  if (tied !== undefined) return [{ path, message: `${name} is tied to ${tied.to}; name that` }];
  return found.parameter === undefined ? [] : more(found.parameter);
}
