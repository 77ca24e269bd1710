import type { LayerwiseField } from '../layerwise-fields.ts';
import { type Layerwise, layerwiseSchema } from '../layerwise-schema.ts';
import { mustBe, type Problem } from '../problem.ts';
import { insteadOfFields, schemeFields } from '../scheme-fields.ts';
import { closedRange, openRange } from './ranges.ts';

/** A layerwise search space by itself: the fields of its scheme and no others, ranges that are not empty, options that go together. */
export function layerwiseProblems(path: string, layerwise: Layerwise): readonly Problem[] {
  const { learningRate, groupFactor, modes, frozenPrefix, decay, reinit } = layerwise;
  return [
    ...fieldProblems(path, layerwise),
    ...openRange(`${path}.learningRate`, learningRate),
    ...openRange(`${path}.groupFactor`, groupFactor),
    ...Object.entries(modes ?? {}).flatMap(([mode, range]) => openRange(`${path}.modes.${mode}`, range)),
    ...closedRange(`${path}.frozenPrefix`, frozenPrefix),
    ...closedRange(`${path}.decay`, decay),
    ...closedRange(`${path}.reinit`, reinit),
    ...monotoneProblems(path, layerwise),
  ];
}

const fields = Object.keys(layerwiseSchema.shape).filter((field): field is LayerwiseField => field !== 'scheme');

function fieldProblems(path: string, layerwise: Layerwise): readonly Problem[] {
  const { scheme } = layerwise;
  const { required, optional }: { required: readonly LayerwiseField[]; optional: readonly LayerwiseField[] } = schemeFields[scheme];
  const given = fields.filter((field) => layerwise[field] !== undefined);
  return [
    ...required
      .filter((field) => !given.includes(field))
      .map((field) => mustBe(`${path}.${field}`, `given for scheme ${scheme}`, undefined)),
    ...given
      .filter((field) => !required.includes(field) && !optional.includes(field))
      .map((field) => ({ path: `${path}.${field}`, message: `does not belong to scheme ${scheme}; leave it out` })),
    ...(optional.includes('blockSize') ? blockProblems(path, layerwise) : []),
    ...(layerwise.modes !== undefined && Object.keys(layerwise.modes).length === 0
      ? [mustBe(`${path}.modes`, 'at least one of bias, lora, full', layerwise.modes)]
      : []),
  ];
}

function blockProblems(path: string, { scheme, blockSize, blockSizes }: Layerwise): readonly Problem[] {
  if (blockSize !== undefined && blockSizes !== undefined) {
    return [{ path: `${path}.blockSizes`, message: 'says the same as blockSize; leave one of them out' }];
  }
  return blockSize === undefined && blockSizes === undefined
    ? [mustBe(`${path}.blockSize`, `given for scheme ${scheme}, or blockSizes`, undefined)]
    : [];
}

/** A layer that is frozen by itself below one that learns would be a rate that falls, and parts of a layer have no order. */
function monotoneProblems(path: string, layerwise: Layerwise): readonly Problem[] {
  if (layerwise.monotone !== true) return [];
  return (Object.keys(insteadOfFields) as (keyof typeof insteadOfFields)[])
    .filter((field) => layerwise[field] !== undefined && layerwise[field] !== 'layer')
    .map((field) => ({ path: `${path}.${field}`, message: `does not go with monotone; use ${insteadOfFields[field]}` }));
}
