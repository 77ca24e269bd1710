/** One thing that docs/trainer-contract.md asks of a trainer, and what was seen. */
export interface Check {
  readonly passed: boolean;
  /** One line: what was expected and what was seen. */
  readonly text: string;
}

/** Passes when nothing speaks against it. The first finding that does is told. */
export function check(expected: string, findings: readonly (string | undefined)[]): Check {
  const seen = findings.find((finding) => finding !== undefined);
  return seen === undefined ? { passed: true, text: expected } : { passed: false, text: `${expected}; seen: ${seen}` };
}

/** A finding, if the two differ. */
export function differs(what: string, seen: unknown, wanted: unknown): string | undefined {
  return Object.is(seen, wanted) ? undefined : `${what} ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`;
}
