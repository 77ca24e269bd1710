import type { Client } from '@temporalio/client';
import { parseAddress } from '../results/address.ts';
import type { ObjectStore } from '../results/object-store.ts';
import type { SweepFile } from '../results/sweep-file.ts';
import { openSweepFolder } from '../results/sweep-folder.ts';
import type { Sweep } from '../study/spec.ts';
import { planOf } from '../study/sweep-plan.ts';
import { studyName, sweepId, sweepName } from '../workflows/attributes.ts';
import type { sweep as sweepWorkflow } from '../workflows/sweep.ts';
import { ownVersion } from './own-version.ts';
import { taskQueue } from './temporal.ts';

export interface SweepToStart {
  readonly id: string;
  readonly sweep: Sweep;
  readonly model?: SweepFile['model'];
  /** The object that it stands for, and that object's generation, when there is one. */
  readonly owner?: SweepFile['owner'];
  readonly generation?: number;
}

/** How often a trial may crash on the way to one rung before it counts as failed. */
const attempts = 3;

/** Where a sweep of that id writes. */
export const folderOf = ({ id, sweep }: Pick<SweepToStart, 'id' | 'sweep'>): string =>
  `${sweep.spec.results.uri.replace(/\/+$/, '')}/${id}`;

/**
 * Writes the sweep's folder, unless it is there, and starts its workflow.
 * @throws {WorkflowExecutionAlreadyStartedError} when it was started before
 */
export async function startSweep(
  { id, sweep, model, owner, generation }: SweepToStart,
  { client, store }: { readonly client: Client; readonly store: ObjectStore },
): Promise<void> {
  const { name } = sweep.metadata;
  const folder = folderOf({ id, sweep });
  await store.ensureBucket(parseAddress(folder).bucket);
  const file: SweepFile = {
    schema: 1,
    id,
    createdAt: new Date().toISOString(),
    sweep,
    ...(model && { model }),
    ...(owner && { owner }),
    versions: { permafrost: ownVersion(), node: process.versions.node },
  };
  await openSweepFolder(store, folder).create(file);
  const plan = planOf(sweep);
  const { parallelTrials } = sweep.spec;
  await client.workflow.start<typeof sweepWorkflow>('sweep', {
    workflowId: id,
    taskQueue,
    args: [{ sweep: { id, folder }, plan, parallelTrials, ...(generation !== undefined && { generation }), attempts }],
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    memo: { folder },
    typedSearchAttributes: [
      { key: sweepName, value: name },
      { key: studyName, value: sweep.spec.study },
      { key: sweepId, value: id },
    ],
    staticSummary: `${name}: ${plan.numTrials} trials, ${sweep.spec.searchAlgorithm.name}, ${plan.pruner.name}`,
    staticDetails: `Sweep **${name}** of study **${sweep.spec.study}**. Results: \`${folder}\``,
  });
}
