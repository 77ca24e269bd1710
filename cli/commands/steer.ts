import type { WorkflowHandle } from '@temporalio/client';
import type { Command } from 'commander';
import { extend, pause, resume, setParallelTrials, stopTrial } from '../../workflows/sweep.ts';
import { type ClusterFlags, withClusterFlags } from '../cluster-flags.ts';
import { withTarget } from '../target.ts';
import { atLeastOne, atLeastZero } from './arguments.ts';

export function addSteerCommands(program: Command): void {
  const command = (name: string, description: string): Command => withClusterFlags(program.command(name).description(description));
  const newest = ['[sweep]', 'name or id; default: the newest'] as const;

  command('stop', 'Cancel a sweep: its trials end and free what they hold; what was found stays.')
    .argument(...newest)
    .action((sweep: string | undefined, flags: ClusterFlags) =>
      steer(sweep, flags, { update: (handle) => handle.cancel(), done: 'cancelled; its trials are ending' }),
    );
  command('pause', 'Start nothing new; running trials stop at their next rung.')
    .argument(...newest)
    .action((sweep: string | undefined, flags: ClusterFlags) =>
      steer(sweep, flags, { update: (handle) => handle.executeUpdate(pause), spec: { suspend: true }, done: 'paused' }),
    );
  command('resume', 'Go on after a pause.')
    .argument(...newest)
    .action((sweep: string | undefined, flags: ClusterFlags) =>
      steer(sweep, flags, { update: (handle) => handle.executeUpdate(resume), spec: { suspend: false }, done: 'goes on' }),
    );
  command('stop-trial', 'End one trial; the sweep goes on without it.')
    .argument('<trial>', 'number of the trial', atLeastZero)
    .argument(...newest)
    .action((trial: number, sweep: string | undefined, flags: ClusterFlags) =>
      steer(sweep, flags, { update: (handle) => handle.executeUpdate(stopTrial, { args: [trial] }), done: `trial ${trial} is ending` }),
    );
  command('extend', 'Let the search start more trials.')
    .argument('<trials>', 'trials in all, those so far included', atLeastOne)
    .argument(...newest)
    .action((numTrials: number, sweep: string | undefined, flags: ClusterFlags) => {
      const update = (handle: WorkflowHandle) => handle.executeUpdate(extend, { args: [numTrials] });
      return steer(sweep, flags, { update, spec: { numTrials }, done: `${numTrials} trials in all` });
    });
  command('set-parallel', 'Change how many trials run at a time.')
    .argument('<count>', 'trials at a time', atLeastOne)
    .argument(...newest)
    .action((parallelTrials: number, sweep: string | undefined, flags: ClusterFlags) => {
      const update = (handle: WorkflowHandle) => handle.executeUpdate(setParallelTrials, { args: [parallelTrials] });
      return steer(sweep, flags, { update, spec: { parallelTrials }, done: `${parallelTrials} at a time` });
    });
}

interface Change {
  readonly update: (sweep: WorkflowHandle) => Promise<unknown>;
  /** The same as an edit of a Sweep object, which its controller hands on. An update alone would be undone by the next edit. */
  readonly spec?: object;
  readonly done: string;
}

function steer(wanted: string | undefined, flags: ClusterFlags, { update, spec, done }: Change): Promise<void> {
  return withTarget(wanted, flags, async ({ id, edit, client }) => {
    if (edit !== undefined && spec !== undefined) await edit(spec);
    else await update((await client()).workflow.getHandle(id));
    process.stdout.write(`${id}: ${done}\n`);
  });
}
