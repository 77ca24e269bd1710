/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
export async function untilInterrupted(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(130));
      resolve();
    });
  }
  const keepAlive = setInterval(() => undefined, 60_000); // a pending promise alone does not keep Node running
  await promise;
  clearInterval(keepAlive);
}
