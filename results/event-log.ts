import { isDeepStrictEqual } from 'node:util';
import type { SweepEvent, SweepLog } from '../study/log.ts';
import { type Address, formatAddress, within } from './address.ts';
import type { ObjectStore } from './object-store.ts';
import { InvalidObject } from './storage-error.ts';

/** A segment of the log was written twice with different events: two writers hold the same sweep. Never retried. */
export class LogConflict extends Error {
  override readonly name = 'LogConflict';
  constructor(address: Address) {
    super(`${formatAddress(address)}: this segment of the event log already holds other events`);
  }
}

export interface EventLog {
  /** Writes the segment once. The same events again are fine. @throws {LogConflict} */
  append(segment: number, events: SweepLog): Promise<void>;
  /** All events in order. Segments never change, so each is fetched once in the life of this object. */
  read(): Promise<SweepLog>;
}

const mostAtOnce = 32;

/** `log/00000.ndjson` and on, below the sweep's folder. */
export function eventLog(store: ObjectStore, sweep: Address): EventLog {
  const known: SweepLog[] = [];
  const at = (segment: number) => within(sweep, `log/${String(segment).padStart(5, '0')}.ndjson`);
  const find = async (segment: number): Promise<SweepLog | undefined> => {
    const bytes = await store.get(at(segment));
    return bytes && parseSegment(at(segment), new TextDecoder().decode(bytes));
  };

  return {
    async append(segment, events) {
      const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      if ((await store.putNew(at(segment), text)) === 'created') return;
      const there = await find(segment); // perhaps our own first try, whose answer was lost
      if (!isDeepStrictEqual(there, parseSegment(at(segment), text))) throw new LogConflict(at(segment));
    },
    async read() {
      const first = known.length;
      for (let next = first, ask = 1; next === known.length; next += ask, ask = Math.min(2 * ask, mostAtOnce)) {
        const found = await Promise.all(Array.from({ length: ask }, (_, i) => find(next + i)));
        const end = found.indexOf(undefined);
        const run = (end === -1 ? found : found.slice(0, end)) as SweepLog[]; // cut before the first that is missing
        if (known.length === next) known.push(...run); // another read may have been here meanwhile
      }
      return known.flat();
    },
  };
}

function parseSegment(address: Address, text: string): SweepLog {
  const lines = text.split('\n').filter((line) => line !== '');
  try {
    return lines.map((line) => JSON.parse(line) as SweepEvent);
  } catch (error) {
    throw new InvalidObject(address, `must hold one JSON event per line (${(error as Error).message})`);
  }
}
