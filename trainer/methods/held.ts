import { type Handle, hold, release } from '../kernels/handle.ts';

/** Tensors that outlive the step that made them, by name. They are part of the run's checkpoint. */
export interface Held {
  get(name: string): Handle | undefined;
  /** Keeps a tensor in the place of the one that had this name. */
  set(name: string, value: Handle): void;
  delete(name: string): void;
  entries(): Iterable<readonly [string, Handle]>;
}

/** Takes over what it begins with. */
export function createHeld(first: Iterable<readonly [string, Handle]> = []): Held {
  const values = new Map(first);
  const drop = (name: string) => {
    const before = values.get(name);
    if (before !== undefined) release(before);
    values.delete(name);
  };
  return {
    get: (name) => values.get(name),
    set(name, value) {
      hold(value); // first: it may be the one that is there
      drop(name);
      values.set(name, value);
    },
    delete: drop,
    entries: () => values.entries(),
  };
}
