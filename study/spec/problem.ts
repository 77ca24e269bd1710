/** One thing that is wrong with a sweep: where, and what would be right. */
export interface Problem {
  /** As a person would write it: `spec.parameters[1].searchSpace.logUniform.min`. */
  readonly path: string;
  readonly message: string;
}

/** A sweep that cannot run. Lists everything that is wrong with it, one line each. Trying again without an edit is in vain. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n'));
    this.problems = problems;
  }
}

/** `expected` continues "must be": `> 0`, `one of random, grid`. */
export function mustBe(path: string, expected: string, got: unknown): Problem {
  return { path, message: `must be ${expected}, got ${shown(got)}` };
}

/** NaN and infinities as they are written in YAML, for JSON would show them as null; nothing at all as "nothing". */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}

/** `['spec', 'parameters', 1, 'name']` as `spec.parameters[1].name`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
