/** Compiles tfjs's addon against libtensorflow with nothing but a C++ compiler and Node's headers from npm. */
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { patchAddon } from './addon-patch.ts';
import { CommandFailed, run, type Say } from './command.ts';
import { addonFile, libraryFiles, tfjsFolder } from './layout.ts';
import { ToolMissing } from './wheel.ts';

export interface AddonBuild {
  /** Holds the libraries in `deps/lib` and gets the addon in `lib`. */
  readonly folder: string;
  /** TensorFlow's C headers. */
  readonly headers: string;
  /** Gets a copy of the addon's source, to be patched. */
  readonly sources: string;
  readonly say: Say;
}

/** @throws {ToolMissing} without a C++ compiler */
export async function compileAddon({ folder, headers, sources, say }: AddonBuild): Promise<void> {
  const target = path.join(folder, addonFile);
  mkdirSync(path.dirname(target), { recursive: true });
  const nodeHeaders = path.join(path.dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')), 'include');
  cpSync(path.join(tfjsFolder, 'binding'), sources, { recursive: true });
  patchAddon(sources);
  const compiled = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => path.join(sources, file));
  const libraries = libraryFiles.map((file) => `-l:${path.basename(file)}`);
  say('tfjs addon: compiling (about 20 s)');
  try {
    await run({
      doing: 'tfjs addon: compiling',
      program: 'g++',
      args: [
        '-O2',
        '-std=c++17',
        '-shared',
        '-fPIC',
        '-DNAPI_VERSION=8',
        '-DBUILDING_NODE_EXTENSION',
        `-I${nodeHeaders}`,
        `-I${tfjsFolder}`,
        `-I${headers}`,
        ...compiled,
        `-L${path.join(folder, 'deps/lib')}`,
        ...libraries,
        '-Wl,-rpath,$ORIGIN/../../deps/lib',
        '-o',
        target,
      ],
      say,
    });
  } catch (error) {
    if (error instanceof CommandFailed && error.notFound)
      throw new ToolMissing('g++ is needed to compile the tfjs addon; on Debian or Ubuntu: apt-get install g++', { cause: error });
    throw error;
  }
}
