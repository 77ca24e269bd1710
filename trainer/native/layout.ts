/** Where libtensorflow and the addon lie under the tfjs package. The addon finds the libraries by `$ORIGIN/../../deps/lib`. */
import { createRequire } from 'node:module';
import path from 'node:path';

export const libraryFiles = ['deps/lib/libtensorflow_cc.so.2', 'deps/lib/libtensorflow_framework.so.2'] as const;
export const addonFile = 'lib/napi-v8/tfjs_binding.node';

/** Folder of the installed `@tensorflow/tfjs-node-gpu`. */
export const tfjsFolder: string = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json'));
