import { type Command, Option } from 'commander';
import { CommandFailure, exitCodes } from '../failure.ts';
import { type LocalSystem, type RunnerChoice, slotsOf, startLocalSystem } from '../local-system.ts';
import { atLeastOne, port } from './arguments.ts';

/** What a system on this machine is started with. */
export interface SystemFlags {
  readonly temporalPort: number;
  readonly uiPort: number;
  readonly s3Port: number;
  readonly slots: number;
  readonly gpus: readonly string[];
  readonly runner?: 'local' | 'kubernetes';
  readonly context?: string;
  readonly namespace: string;
  readonly image?: string;
  readonly listenAddress?: string;
}

export function withSystemFlags(command: Command): Command {
  return command
    .addOption(new Option('--runner <runner>', 'what runs trials').choices(['local', 'kubernetes']))
    .option('--temporal-port <port>', 'port of Temporal; 0 takes a free one', port, 7233)
    .option('--ui-port <port>', 'port of the Temporal UI', port, 8233)
    .option('--s3-port <port>', 'port of the S3 server', port, 7070)
    .option('--slots <count>', 'local: trials that run at a time on the CPU; they share the cores', atLeastOne, 2)
    .option('--gpus <list>', 'local: GPUs to use, one trial each, such as 0,1', (list: string) => list.split(','), [])
    .option('--context <name>', 'kubernetes: context of your kubeconfig')
    .option('--namespace <name>', 'kubernetes: where trials run', 'default')
    .option('--image <image>', 'kubernetes: image of trials whose sweep names none')
    .option('--listen-address <ip>', 'kubernetes: address of this machine that pods reach; the S3 server listens there');
}

export async function startSystem(flags: SystemFlags): Promise<LocalSystem> {
  const { temporalPort, uiPort, s3Port } = flags;
  const listenAddress = flags.runner === 'kubernetes' ? reachableAddress(flags) : '127.0.0.1';
  const runner = await runnerOf(flags);
  process.stdout.write('Starting Temporal, the S3 server and the worker …\n');
  const system = await startLocalSystem({ temporalPort, uiPort, s3Port, listenAddress, runner });
  process.stdout.write(`  Temporal UI  ${system.ui}\n  S3 server    ${system.s3}\n  trials       ${system.runner}\n`);
  return system;
}

async function runnerOf({ runner, slots, gpus, context, namespace, image }: SystemFlags): Promise<RunnerChoice> {
  if (runner !== 'kubernetes') return { kind: 'local', slots: slotsOf({ slots, gpus }) };
  const { reachCluster } = await import('../kubernetes.ts'); // its library takes most of a second to load
  return { kind: 'kubernetes', cluster: await reachCluster(context, namespace), image };
}

function reachableAddress({ listenAddress }: SystemFlags): string {
  if (listenAddress !== undefined) return listenAddress;
  throw new CommandFailure(
    'pods must reach the S3 server of this machine: give --listen-address with an address of it that they reach (`ip address` lists them)',
    exitCodes.usage,
  );
}

/** Ends the system when the work has ended, or when a part of it breaks. */
export async function stopAfter(system: LocalSystem, work: Promise<void>): Promise<void> {
  try {
    await Promise.race([work, system.broken.then(fail)]);
    process.stdout.write('\nStopping; a running trial writes a checkpoint first …\n');
  } finally {
    await system.stop();
  }
}

function fail(what: string): never {
  throw new CommandFailure(what, exitCodes.unavailable);
}
