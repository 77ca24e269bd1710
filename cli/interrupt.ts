import { exitCodes } from './failure.ts';

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export async function untilInterrupted(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(exitCodes.interrupted));
      resolve();
    });
  }
  return promise;
}
