/** What this system's package manager knows of packages: name, source, section and synopsis. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Package {
  readonly name: string;
  /** Source package: what is built from one source tends to be described alike. */
  readonly source: string;
  /** Without the archive area: `games` for `contrib/games`. */
  readonly section: string;
  /** The description's first line. */
  readonly synopsis: string;
}

const lists = '/var/lib/apt/lists';

/** Empty where the system has no such metadata. */
export function readPackages(): readonly Package[] {
  const { stdout, status } = spawnSync('apt-cache', ['dumpavail'], { encoding: 'utf8', maxBuffer: 2 ** 30 });
  return parsePackages(status === 0 ? stdout : readLists());
}

/** Without apt-cache, the lists that lie about uncompressed. */
function readLists(): string {
  try {
    const files = readdirSync(lists)
      .filter((file) => file.endsWith('_Packages'))
      .toSorted();
    return files.map((file) => readFileSync(path.join(lists, file), 'utf8')).join('\n\n');
  } catch {
    return ''; // not a Debian system
  }
}

/** Reads the control format of Debian's package lists. @see https://www.debian.org/doc/debian-policy/ch-controlfields.html */
export function parsePackages(text: string): readonly Package[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const [name, section, synopsis] = [field('Package'), field('Section'), field('Description') ?? field('Description-en')];
    if (name === undefined || section === undefined || synopsis === undefined) return [];
    const source = field('Source')?.split(' ')[0] ?? name; // a version may follow in brackets
    return [{ name, source, section: section.split('/').at(-1)!, synopsis: synopsis.trim() }];
  });
}
