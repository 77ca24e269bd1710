/** The workflows as one script, kept in the cache for as long as their source stays as it is. */
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from '../trainer/native/command.ts';

const project = path.join(import.meta.dirname, '..');
const bundler = path.join(import.meta.dirname, 'bundle-workflows.ts');

/** Makes it in some seconds, unless it is there. @param cache - folder of the cache @returns the script */
export async function workflowBundle(cache: string): Promise<string> {
  const folder = path.join(cache, 'workflows');
  const name = `${sourceDigest()}.js`;
  const file = path.join(folder, name);
  const known = readIfThere(file);
  if (known !== undefined) return known;
  mkdirSync(folder, { recursive: true });
  await writeWorkflowBundle(file);
  for (const other of readdirSync(folder)) if (other.endsWith('.js') && other !== name) rmSync(path.join(folder, other), { force: true });
  return readFileSync(file, 'utf8');
}

export async function writeWorkflowBundle(file: string): Promise<void> {
  await run({ doing: 'bundling the workflows', program: process.execPath, args: [bundler, file], say: () => {} });
}

/** Of all that could be in it: workflows see nothing but the domain and the SDK, whose version is in the lock file. */
function sourceDigest(): string {
  const source = globSync('{workflows,study}/**/*.ts', { cwd: project }).filter((file) => !file.endsWith('.test.ts'));
  const hash = createHash('sha256');
  for (const file of [...source.toSorted(), 'package-lock.json', path.relative(project, bundler)]) {
    hash.update(`\n${file}\n`).update(readFileSync(path.join(project, file)));
  }
  return hash.digest('hex');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
