import { message, onlyWhere, requiredWhere, text, textList, type Validation, validations } from './cel.ts';

/** What each scheme has to be told, and what it may be told. blocks and modes also have to be told the size of their blocks. */
export const schemeFields = {
  prefix: { required: ['learningRate', 'frozenPrefix'], optional: ['groupFactor'] },
  prefixDecay: { required: ['learningRate', 'frozenPrefix', 'decay'], optional: ['groupFactor'] },
  prefixReinit: { required: ['learningRate', 'frozenPrefix', 'reinit'], optional: [] },
  window: { required: ['learningRate'], optional: ['groupFactor'] },
  blocks: {
    required: ['learningRate'],
    optional: ['blockSize', 'blockSizes', 'frozenPrefix', 'frozenProbability', 'topFrozenProbability', 'monotone', 'groupFactor'],
  },
  curve: { required: ['learningRate'], optional: ['frozenPrefix', 'monotone', 'groupFactor'] },
  perLayer: { required: ['learningRate'], optional: ['frozenPrefix', 'frozenProbability', 'topFrozenProbability', 'monotone', 'groups'] },
  mask: { required: ['learningRate'], optional: ['frozenProbability', 'topFrozenProbability', 'groups'] },
  modes: { required: ['modes'], optional: ['blockSize', 'blockSizes'] },
} as const;

type Scheme = keyof typeof schemeFields;
type Field = (typeof schemeFields)[Scheme]['required' | 'optional'][number];

/** Schemes in which a field stands in one of these lists. */
function schemesWith(field: Field, ...lists: readonly ('required' | 'optional')[]): readonly Scheme[] {
  return (Object.keys(schemeFields) as Scheme[]).filter((scheme) =>
    lists.some((list) => (schemeFields[scheme][list] as readonly Field[]).includes(field)),
  );
}

const fields = [...new Set(Object.values(schemeFields).flatMap(({ required, optional }): readonly Field[] => [...required, ...optional]))];

const whom = ['scheme %s', 'self.scheme'] as const;

function fieldRules(field: Field): readonly Validation[] {
  const needing = schemesWith(field, 'required');
  return [
    ...(needing.length === 0 ? [] : [requiredWhere(field, `self.scheme in ${textList(needing)}`, ...whom)]),
    onlyWhere(field, `self.scheme in ${textList(schemesWith(field, 'required', 'optional'))}`, ...whom),
  ];
}

/** What does not go with `monotone`, and what to say instead. `groups: layer` is fine, for it is what goes without saying. */
export const insteadOfFields = {
  frozenProbability: 'frozenPrefix',
  topFrozenProbability: 'frozenPrefix',
  groups: 'groups: layer',
} as const;

/** The table and the rules beside it, for the API server. `rules/layerwise.ts` has them in full. */
export const layerwiseRules = validations(
  ...fields.flatMap(fieldRules),
  {
    rule: '!has(self.blockSize) || !has(self.blockSizes)',
    fieldPath: '.blockSizes',
    reason: 'FieldValueForbidden',
    message: 'says the same as blockSize; leave one of them out',
  },
  {
    rule: `!(self.scheme in ${textList(schemesWith('blockSize', 'optional'))}) || has(self.blockSize) || has(self.blockSizes)`,
    fieldPath: '.blockSize',
    reason: 'FieldValueRequired',
    messageExpression: message('must be given for scheme %s, or blockSizes, got nothing', 'self.scheme'),
  },
  ...Object.entries(insteadOfFields).map(
    ([field, instead]): Validation => ({
      rule: `!has(self.monotone) || !self.monotone || !has(self.${field})${field === 'groups' ? ` || self.groups == ${text('layer')}` : ''}`,
      fieldPath: `.${field}`,
      reason: 'FieldValueForbidden',
      message: `does not go with monotone; use ${instead}`,
    }),
  ),
);
