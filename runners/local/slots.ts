/** Where a trial runs on this machine: some CPU threads, or one GPU. */
export type Slot = { readonly kind: 'cpu'; readonly threads: number } | { readonly kind: 'gpu'; readonly device: string };

/** First come, first served. A slot is known by its place in the list that the runner was given. */
export interface Slots {
  /** Waits for a free slot; an abort leaves the queue. */
  take(signal: AbortSignal): Promise<number>;
  /** Marks a slot as used by a process that is already there. */
  occupy(slot: number): void;
  release(slot: number): void;
}

export function slotQueue(count: number): Slots {
  const used = new Set<number>();
  const waiting: ((slot: number) => void)[] = [];

  // A restart with fewer slots finds processes on slots that are no more; they count until they end.
  const serve = () => {
    while (waiting.length > 0 && used.size < count) {
      const slot = Array.from({ length: count }, (_, i) => i).find((i) => !used.has(i))!; // fewer are used than there are
      used.add(slot);
      waiting.shift()!(slot);
    }
  };

  return {
    take(signal) {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      if (signal.aborted) return Promise.reject(signal.reason);
      const leave = () => {
        waiting.splice(waiting.indexOf(served), 1);
        reject(signal.reason);
      };
      const served = (slot: number) => {
        signal.removeEventListener('abort', leave);
        resolve(slot);
      };
      signal.addEventListener('abort', leave, { once: true });
      waiting.push(served);
      serve();
      return promise;
    },
    occupy: (slot) => void used.add(slot),
    release(slot) {
      used.delete(slot);
      serve();
    },
  };
}

/** What a slot adds to the environment of its process. */
export function slotEnvironment(slot: Slot): Record<string, string> {
  if (slot.kind === 'gpu') return { CUDA_VISIBLE_DEVICES: slot.device };
  const threads = String(slot.threads);
  return { CUDA_VISIBLE_DEVICES: '-1', OMP_NUM_THREADS: threads, TF_NUM_INTRAOP_THREADS: threads }; // a CPU slot takes no GPU
}
