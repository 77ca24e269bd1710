/**
 * Rules in the Common Expression Language, with which Kubernetes' API server judges a spec itself. They stand in the schema, beside the
 * fields, and say the same as `rules/` in the same words; a test holds the two against each other. Only rules about what a
 * schema of Kubernetes has types for can be told so: not those about choices and other values of any type, nor about the model.
 */
export interface Validation {
  /** `self` is the value; with `oldSelf`, the one before it, the rule is asked of changes alone. */
  readonly rule: string;
  readonly message?: string;
  /** A message that is worked out; takes precedence. */
  readonly messageExpression?: string;
  /** The field that is at fault: `.max`. */
  readonly fieldPath?: string;
  readonly reason?: 'FieldValueForbidden' | 'FieldValueRequired';
}

/** For `.meta()` of the value that they are about. */
export const validations = (...all: readonly Validation[]) => ({ 'x-kubernetes-validations': all });

/** A text of the language. */
export const text = (value: string): string => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

export const textList = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;

/**
 * A message in which each %s stands for the value of an expression. Texts are not put together with +, for the API server
 * would have to know beforehand how long they can become.
 */
export const message = (words: string, ...values: readonly string[]): string => `${text(words)}.format([${values.join(', ')}])`;

/** Of the fields of an object, exactly one is there. */
export function exactlyOneOf(fields: readonly string[]): Validation {
  const present = `[${fields.map((field) => `has(self.${field}) ? ${text(field)} : ''`).join(', ')}].filter(field, field != '')`;
  const got = `${present}.size() == 0 ? 'nothing' : ${message('%s', present)}`;
  return { rule: `${present}.size() == 1`, messageExpression: message(`must be exactly one of ${fields.join(', ')}, got %s`, got) };
}

/** A range that holds more than one value. */
export const openRange: Validation = {
  rule: 'self.min < self.max',
  fieldPath: '.max',
  messageExpression: message(
    'must be > min, which is %s%s, got %s',
    'self.min',
    "self.min == self.max ? ' (for a fixed value: fixed)' : ''",
    'self.max',
  ),
};

/** A range that holds at least one. */
export const closedRange: Validation = {
  rule: 'self.min <= self.max',
  fieldPath: '.max',
  messageExpression: message('must be >= min, which is %s, got %s', 'self.min', 'self.max'),
};

/** Of a range with steps: they fit into it. One that is empty has been told. */
export const fittingStep: Validation = {
  rule: '!has(self.step) || self.min >= self.max || self.step <= self.max - self.min',
  fieldPath: '.step',
  messageExpression: message('must be <= max - min, which is %s, got %s', 'self.max - self.min', 'self.step'),
};

/** A field that is there where this holds. @param where - expression @param whom - words for who needs it, with %s for the value of `name` */
export function requiredWhere(field: string, where: string, whom: string, name: string): Validation {
  return {
    rule: `!(${where}) || has(self.${field})`,
    fieldPath: `.${field}`,
    reason: 'FieldValueRequired',
    messageExpression: message(`must be given for ${whom}, got nothing`, name),
  };
}

/** A field that nothing reads where this does not hold. */
export function onlyWhere(field: string, where: string, whom: string, name: string): Validation {
  return {
    rule: `!has(self.${field}) || ${where}`,
    fieldPath: `.${field}`,
    reason: 'FieldValueForbidden',
    messageExpression: message(`does not belong to ${whom}; leave it out`, name),
  };
}

/** No field of a list's items has one value twice. */
export function eachOnce(field: string, words: string): Validation {
  return { rule: `self.all(item, self.exists_one(other, other.${field} == item.${field}))`, message: words };
}
