import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { table } from '../cli/table.ts';

/** One measured figure against its limit. `peer` is what the peer needed in the same run, or null where there is none. */
export interface Gate {
  readonly name: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly limit: number;
  readonly holds: boolean;
}

/** Less is better: the figure must stay below the limit. */
export function below(name: string, ours: number, limit: number, peer: number | null = null): Gate {
  return { name, ours, peer, limit, holds: ours < limit };
}

/** As `below`, but the limit itself will do. */
export function atMost(name: string, ours: number, limit: number, peer: number | null = null): Gate {
  return { name, ours, peer, limit, holds: ours <= limit };
}

/** Prints the gates and keeps them in `bench/out/<bench>.json`. A gate that does not hold makes the process fail. */
export function publish(bench: string, gates: readonly Gate[], details: Readonly<Record<string, unknown>>): void {
  const file = path.join(import.meta.dirname, 'out', `${bench}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ gates, details }, null, 2)}\n`);
  const rows = gates.map(({ name, ours, peer, limit, holds }) => [
    name,
    shown(ours),
    peer === null ? '–' : shown(peer),
    shown(limit),
    holds ? 'yes' : 'NO',
  ]);
  process.stdout.write(`${table(['GATE', 'OURS', 'PEER', 'LIMIT', 'HOLDS'], rows)}\n${file}\n`);
  if (gates.some(({ holds }) => !holds)) process.exitCode = 1;
}

const shown = (value: number): string => value.toFixed(3);
