import { z } from 'zod';
import { suggestion } from './nearest.ts';
import { mustBe, type Problem, pathText } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** What zod found, in our words: where, what would be right, what is there. Parse with `reportInput`. */
export function structureProblems(schema: z.ZodType, issues: readonly Issue[], root = ''): readonly Problem[] {
  return issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownField(schema, [...issue.path], key, root))
      : [mustBe(under(root, issue.path), expectation(issue), issue.input)],
  );
}

/** Continues "must be". */
export function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.startsWith(zodsOwn) ? (typeNames[issue.expected] ?? issue.expected) : issue.message;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? '>' : '>=', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? '<' : '<=', issue.maximum);
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message; // formats and unions: the schema says it in our words
  }
}

/** How zod begins when the schema has no words of ours for a wrong type. */
const zodsOwn = 'Invalid input';

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function bound(origin: string, comparison: string, limit: number | bigint): string {
  if (origin === 'string') return `a text of length ${comparison} ${limit}`;
  if (origin === 'array') return `a list of length ${comparison} ${limit}`;
  return `${comparison} ${limit}`;
}

function unknownField(schema: z.ZodType, path: readonly PropertyKey[], key: string, root: string): Problem {
  return { path: under(root, [...path, key]), message: `is not a known field; ${suggestion(key, fieldsAt(schema, path))}` };
}

/** Names of the fields of the object at a path of the schema. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const at = path.reduce<unknown>((outer, key) => {
    const inner = unwrapped(outer);
    if (inner instanceof z.ZodArray) return inner.element;
    return inner instanceof z.ZodObject ? inner.shape[String(key)] : undefined;
  }, schema);
  const object = unwrapped(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  return schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional ? unwrapped(schema.unwrap()) : schema;
}

const under = (root: string, path: readonly PropertyKey[]): string => [root, pathText(path)].filter((part) => part !== '').join('.');
