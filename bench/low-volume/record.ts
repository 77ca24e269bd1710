/** What is known of the study so far. It lies beside the page, so that a run goes on where an earlier one ended, on another machine, too. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Finding, Findings } from './findings.ts';
import { pageOf } from './page.ts';
import { type Cell, type Inputs, type Scope, sweepOf } from './sweeps.ts';

/**
 * The sweep of a cell. The same for the same settings, version and content of the inputs, wherever these lie.
 * @param digests - of the inputs' content
 */
export function sweepIdOf(cell: Cell, scope: Scope, digests: Inputs, version: string): string {
  const sweep = sweepOf(cell, scope, digests);
  const { name, namespace } = sweep.metadata;
  const uid = createHash('sha256')
    .update(JSON.stringify([sweep, version]))
    .digest('hex')
    .slice(0, 8);
  return `${namespace}.${name}.${uid}`;
}

const dataFileOf = (page: string): string => page.replace(/\.md$/, '.json');

/** What the page was made of; nothing where there is none yet. */
export function readFound(page: string): readonly Finding[] {
  const file = dataFileOf(page);
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, 'utf8')) as Findings).found; // written by `writeFindings`
}

/** The page, and beside it what it is made of. @returns both files */
export function writeFindings(findings: Findings, page: string): readonly string[] {
  const file = dataFileOf(page);
  mkdirSync(path.dirname(page), { recursive: true });
  writeFileSync(file, `${JSON.stringify(findings)}\n`);
  writeFileSync(page, pageOf(findings));
  return [page, file];
}
