/** What must hold before tfjs is loaded. Imported for its effects, as the first import of `tensorflow.ts`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import util from 'node:util';
import { addonFile, libraryFiles, tfjsFolder } from './layout.ts';

/** libtensorflow is not installed, or its cache was emptied. */
class LibraryMissing extends Error {
  override readonly name = 'LibraryMissing';
  constructor(file: string) {
    super(`libtensorflow is not installed: ${file} is missing; run npm run setup`);
  }
}

const missing = [...libraryFiles, addonFile].map((file) => path.join(tfjsFolder, file)).find((file) => !existsSync(file));
if (missing !== undefined) throw new LibraryMissing(missing);

// tfjs 4.22 calls two functions that Node 23 took away; without them every op throws.
const legacy = util as unknown as Record<string, unknown>;
legacy.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
legacy.isArray = Array.isArray; // there, and deprecated with a warning

// The C++ side prints a page of notes about CPU features. Warnings go too: a missing GPU is our own error, see `describeDevice`.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
