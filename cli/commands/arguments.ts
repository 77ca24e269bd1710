import { InvalidArgumentError } from 'commander';

export function port(text: string): number {
  return integer(text, 0, 65_535);
}

export function atLeastOne(text: string): number {
  return integer(text, 1);
}

export function atLeastZero(text: string): number {
  return integer(text, 0);
}

function integer(text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(
    `must be an integer ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}, got ${text}`,
  );
}

/** `20,40,60` */
export function rungList(text: string): readonly number[] {
  return text.split(',').map(atLeastOne);
}

export function jsonObject(text: string): Record<string, never> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, never>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InvalidArgumentError(`must be a JSON object, got ${text}`);
}
