import type { Client } from '@temporalio/client';
import { CommandFailure } from './failure.ts';

export interface FoundSweep {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly status: string;
  readonly startedAt: Date;
  readonly closedAt?: Date;
}

/** All sweeps that the server remembers, newest first. */
export async function listSweeps(client: Client): Promise<readonly FoundSweep[]> {
  const sweeps: FoundSweep[] = [];
  for await (const { workflowId, memo, status, startTime, closeTime } of client.workflow.list({ query: 'WorkflowType="sweep"' })) {
    if (status.name === 'CONTINUED_AS_NEW') continue;
    const folder = String(memo?.folder ?? '');
    sweeps.push({
      id: workflowId,
      name: workflowId.split('.')[1]!,
      folder,
      status: status.name,
      startedAt: startTime,
      ...(closeTime && { closedAt: closeTime }),
    });
  }
  return sweeps.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
}

/** By its id, or the newest one of that name. No name means the newest of all. */
export async function findSweep(client: Client, wanted: string | undefined): Promise<FoundSweep> {
  const sweeps = await listSweeps(client);
  const found = wanted === undefined ? sweeps[0] : sweeps.find(({ id, name }) => id === wanted || name === wanted);
  if (found !== undefined) return found;
  const names = [...new Set(sweeps.map(({ name }) => name))].join(', ');
  throw new CommandFailure(
    wanted === undefined
      ? 'no sweep was run here yet: try `permafrost run -f examples/minilm-sections.yaml`'
      : `there is no sweep ${wanted}; there ${names === '' ? 'are none' : `are: ${names}`}`,
  );
}
