import { z } from 'zod';
import { text, validations } from './cel.ts';

/**
 * A text of a certain form. `expected` continues "must be", whether the text has another form or there is none.
 * @param form - or several, all of which it has; with what Go's expressions know too, as the API server asks them
 */
export function formatted(form: RegExp | readonly RegExp[], expected: string, maxLength = 1000) {
  const forms = [form].flat();
  const rule = forms.map(({ source }) => `self.matches(${text(source.replaceAll('\\/', '/'))})`).join(' && ');
  return z
    .string(expected)
    .refine((value) => forms.every((each) => each.test(value)), { error: expected, abort: true })
    .max(maxLength)
    .meta({ ...validations({ rule, message: `must be ${expected}` }), ...(forms.length === 1 && { pattern: forms[0]!.source }) });
}
