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
  /** All events in order. Segments never change, so each is fetched at most once in the life of this object, and those that it wrote never. */
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

  const readOn = async (): Promise<void> => {
    for (let ask = 1; ; ask = Math.min(2 * ask, mostAtOnce)) {
      const next = known.length;
      const found = await Promise.all(Array.from({ length: ask }, (_, i) => find(next + i)));
      const end = found.indexOf(undefined);
      for (const [i, events] of (end === -1 ? found : found.slice(0, end)).entries()) known[next + i] = events!; // cut before the first that is missing
      if (end !== -1) return;
    }
  };
  let reading = Promise.resolve(); // one at a time: two that fill `known` at once would hide its end from each other

  return {
    async append(segment, events) {
      const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      const written = parseSegment(at(segment), text);
      if ((await store.putNew(at(segment), text)) === 'exists') {
        const there = await find(segment); // perhaps our own first try, whose answer was lost
        if (!isDeepStrictEqual(there, written)) throw new LogConflict(at(segment));
      }
      if (segment === known.length) known.push(written);
    },
    async read() {
      const own = reading.catch(() => {}).then(readOn); // whoever asked for that one hears of its error
      reading = own;
      await own;
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
