/** Waits and keeps this process alive meanwhile. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const letGo = () => reject(signal.reason);
  signal.addEventListener('abort', letGo, { once: true });
  if (signal.aborted) letGo();
  const alive = setInterval(() => {}, 60_000);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    clearInterval(alive);
    signal.removeEventListener('abort', letGo);
  }
}
