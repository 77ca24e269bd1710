/** Where Permafrost keeps things on this machine, by the XDG base directory rules. */
import os from 'node:os';
import path from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Can be made again at any time: servers, libtensorflow, model, data, downloads. */
export const cacheFolder = (env: Environment): string => path.join(base(env.XDG_CACHE_HOME, '.cache'), 'permafrost');

/** Cannot: the servers' databases and logs. */
export const stateFolder = (env: Environment): string => path.join(base(env.XDG_STATE_HOME, '.local/state'), 'permafrost');

// A relative path in these variables is invalid and to be ignored, says the specification.
const base = (folder: string | undefined, inHome: string): string =>
  folder !== undefined && path.isAbsolute(folder) ? folder : path.join(os.homedir(), inHome);
