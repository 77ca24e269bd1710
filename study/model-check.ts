import { assignmentProblems } from './assignment-check.ts';
import { enqueuedTrials, layerFrozenBy } from './baselines.ts';
import { brokenConstraint, constraintOf, constraintText, namesIn } from './constraint.ts';
import type { SearchSpace } from './dimension.ts';
import { encoderLayers, type ModelShape } from './layerwise.ts';
import { layersIn } from './methods/by-layer.ts';
import { methodNames, methods, settingsOf } from './methods/methods.ts';
import { seededStream } from './random.ts';
import { sampleFreely, searchSpaceOf } from './space.ts';
import type { Layerwise } from './spec/layerwise-schema.ts';
import { suggestion } from './spec/nearest.ts';
import { mustBe, type Problem, SpecError } from './spec/problem.ts';
import type { Sweep } from './spec.ts';
import { methodSettingOf } from './trainer-block.ts';

/**
 * The part of a sweep's check that needs its model.
 * @param model - undefined when it is not known: a program of one's own that names no model
 * @throws {SpecError} if a layerwise parameter goes beyond the model's layers, or there is one and the model is not known;
 *   if a baseline names a layer that is not there, a method's setting does not fit the model, if constraints or ties name parts of it that are not there, constraints leave next to nothing, or a baseline breaks one,
 *   or an enqueued assignment is not one of the space
 */
export function checkAgainstModel(sweep: Sweep, model: ModelShape | undefined): void {
  const layers = [...layerProblems(sweep, model), ...leftOutProblems(sweep, model), ...methodProblems(sweep, model)];
  if (layers.length > 0) throw new SpecError(layers);
  const names = nameProblems(sweep, searchSpaceOf(sweep.spec.parameters, model));
  if (names.length > 0) throw new SpecError(names);
  const space = searchSpaceOf(sweep.spec.parameters, model, sweep.spec.constraints);
  const infeasible = [
    ...roomProblems(space),
    ...baselineProblems(sweep, model, space),
    ...assignmentProblems(sweep.spec.enqueueAssignments, space),
  ];
  if (infeasible.length > 0) throw new SpecError(infeasible);
}

function layerProblems({ spec }: Sweep, model: ModelShape | undefined): readonly Problem[] {
  return spec.parameters.flatMap(({ searchSpace: { layerwise } }, index) => {
    if (layerwise === undefined) return [];
    const path = `spec.parameters[${index}].searchSpace.layerwise`;
    if (model === undefined)
      return [{ path, message: 'needs a model whose layers can be counted; name its folder in spec.trialTemplate.trainer.model' }];
    return layerwiseProblems(path, layerwise, model);
  });
}

/** What the methods' settings have against the model. */
function methodProblems({ spec: { trialTemplate, parameters } }: Sweep, model: ModelShape | undefined): readonly Problem[] {
  const { command, trainer } = trialTemplate;
  if (command !== undefined || model === undefined) return [];
  const known = new Set([...encoderLayers(model), 'head']);
  const unknownLayers = (path: string, names: readonly string[]): readonly Problem[] =>
    names
      .filter((name) => !known.has(name))
      .map((name) => ({ path, message: `${name} is no layer of the model, whose last one is ${model.layers - 1}` }));
  const ofParameters = parameters.flatMap(({ name }, index) => {
    const layer = methodSettingOf(name)?.layer;
    return layer === undefined ? [] : unknownLayers(`spec.parameters[${index}].name`, [layer]);
  });
  const ofBlocks = methodNames
    .filter((name) => trainer[name] !== undefined)
    .flatMap((name) => {
      const settings: Readonly<Record<string, unknown>> = settingsOf(name, trainer); // checked with the sweep
      const path = `spec.trialTemplate.trainer.${name}`;
      const misfits = methods[name].misfits?.(settings, model) ?? [];
      return [
        ...misfits.map(({ setting, expected }) => mustBe(`${path}.${setting}`, expected, settings[setting])),
        ...Object.entries(settings).flatMap(([setting, value]) => unknownLayers(`${path}.${setting}`, layersIn(value))),
      ];
    });
  return [...ofParameters, ...ofBlocks];
}

function leftOutProblems({ spec: { enqueue } }: Sweep, model: ModelShape | undefined): readonly Problem[] {
  if (model === undefined) return [];
  const known = new Set(encoderLayers(model));
  return enqueue.flatMap((name, index) => {
    const layer = layerFrozenBy(name);
    const isThere = layer === undefined || known.has(layer);
    return isThere ? [] : [mustBe(`spec.enqueue[${index}]`, `a layer of the model, embeddings or 0 to ${model.layers - 1}`, name)];
  });
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

/** Parts of the layerwise parameter that constraints and ties name. */
function nameProblems({ spec: { constraints, parameters } }: Sweep, space: SearchSpace): readonly Problem[] {
  const problemsOf = (path: string, name: string, isRight: (dimension: SearchSpace[number]) => boolean, otherwise: string) => {
    const dimension = space.find((each) => each.name === name);
    if (dimension === undefined)
      return [
        {
          path,
          message: `${name} is not searched; ${suggestion(
            name,
            space.map((each) => each.name),
          )}`,
        },
      ];
    return isRight(dimension) ? [] : [{ path, message: `${name} ${otherwise}` }];
  };
  return [
    ...constraints
      .map(constraintOf)
      .flatMap((constraint, index) =>
        namesIn(constraint).flatMap((name) =>
          problemsOf(
            `spec.constraints[${index}]`,
            name,
            ({ domain }) =>
              constraint.kind === 'forbidden' || !('choices' in domain) || domain.choices.every((choice) => typeof choice === 'number'),
            'is a choice, not a number',
          ),
        ),
      ),
    ...parameters.flatMap(({ searchSpace: { tied } }, index) =>
      tied === undefined
        ? []
        : problemsOf(
            `spec.parameters[${index}].searchSpace.tied.to`,
            tied.to,
            ({ domain }) => domain.kind !== 'frozenOrRate',
            'is 0 in trials that freeze the layer; tie to a rate that is always there',
          ),
    ),
  ];
}

const draws = 1000;
/** Fewer, and samplers would spend their time on draws that come to nothing. */
const fewestKept = 10;

function roomProblems(space: SearchSpace): readonly Problem[] {
  const random = seededStream(0, 0);
  const kept = Array.from({ length: draws }, () => sampleFreely(space, random)).filter(
    (assignment) => brokenConstraint(space, assignment) === undefined,
  ).length;
  if (kept >= fewestKept) return [];
  return [
    { path: 'spec.constraints', message: `leave ${kept} of ${draws} random draws; loosen them, or narrow the ranges to what they allow` },
  ];
}

function baselineProblems(sweep: Sweep, model: ModelShape | undefined, space: SearchSpace): readonly Problem[] {
  return enqueuedTrials(sweep, model).flatMap(({ name, assignment }, index) => {
    const broken = brokenConstraint(space, assignment);
    if (broken === undefined) return [];
    const values = namesIn(broken).map((each) => `${each}=${assignment[each]}`);
    return [
      {
        path: `spec.enqueue[${index}]`,
        message: `${name} breaks a constraint (${constraintText(broken)}): ${values.join(', ')}; leave it out`,
      },
    ];
  });
}
