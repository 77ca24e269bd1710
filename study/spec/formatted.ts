import { z } from 'zod';

/** A text of a certain form. `expected` continues "must be", whether the text has another form or there is none. */
export const formatted = (form: RegExp, expected: string) => z.string(expected).regex(form, expected);
