import type { WorkflowHandle } from '@temporalio/client';
import type { Command } from 'commander';
import { extend, pause, resume, setParallelTrials, stopTrial } from '../../workflows/sweep.ts';
import { findSweep } from '../find-sweep.ts';
import { atLeastOne, atLeastZero } from './arguments.ts';
import { withSystem } from './inspect.ts';

export function addSteerCommands(program: Command): void {
  const command = (name: string, description: string): Command => program.command(name).description(description);
  const newest = ['[sweep]', 'name or id; default: the newest'] as const;

  command('stop', 'Cancel a sweep: its trials end and free what they hold; what was found stays.')
    .argument(...newest)
    .action((sweep?: string) => steer(sweep, (handle) => handle.cancel(), 'cancelled; its trials are ending'));
  command('pause', 'Start nothing new; running trials stop at their next rung.')
    .argument(...newest)
    .action((sweep?: string) => steer(sweep, (handle) => handle.executeUpdate(pause), 'paused'));
  command('resume', 'Go on after a pause.')
    .argument(...newest)
    .action((sweep?: string) => steer(sweep, (handle) => handle.executeUpdate(resume), 'goes on'));
  command('stop-trial', 'End one trial; the sweep goes on without it.')
    .argument('<trial>', 'number of the trial', atLeastZero)
    .argument(...newest)
    .action((trial: number, sweep?: string) =>
      steer(sweep, (handle) => handle.executeUpdate(stopTrial, { args: [trial] }), `trial ${trial} is ending`),
    );
  command('extend', 'Let the search start more trials.')
    .argument('<trials>', 'trials in all, those so far included', atLeastOne)
    .argument(...newest)
    .action((trials: number, sweep?: string) =>
      steer(sweep, (handle) => handle.executeUpdate(extend, { args: [trials] }), `${trials} trials in all`),
    );
  command('set-parallel', 'Change how many trials run at a time.')
    .argument('<count>', 'trials at a time', atLeastOne)
    .argument(...newest)
    .action((count: number, sweep?: string) =>
      steer(sweep, (handle) => handle.executeUpdate(setParallelTrials, { args: [count] }), `${count} at a time`),
    );
}

function steer(wanted: string | undefined, act: (sweep: WorkflowHandle) => Promise<unknown>, done: string): Promise<void> {
  return withSystem(async ({ client }) => {
    const { id } = await findSweep(client, wanted);
    await act(client.workflow.getHandle(id));
    process.stdout.write(`${id}: ${done}\n`);
  });
}
