import path from 'node:path';
import type { Command } from 'commander';

/** Which cluster's Sweep objects a command is about; the flags are those of kubectl. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
}

/** Whether kubectl has started us, as `kubectl permafrost`. Then its current context is meant unless flags say otherwise. */
export const isPlugin: boolean = /^kubectl-permafrost(\.|$)/.test(path.basename(process.argv[1] ?? ''));

export function withClusterFlags(command: Command): Command {
  return command
    .option('-n, --namespace <name>', "namespace of Sweep objects; default: the context's")
    .option('--context <name>', 'context of your kubeconfig; default with kubectl: the current one')
    .option('--kubeconfig <file>', 'kubeconfig to use; default: as kubectl');
}

/** Without any of them, and not called by kubectl, a command is about the sweeps that Temporal knows. */
export const namesCluster = ({ kubeconfig, context, namespace }: ClusterFlags): boolean =>
  isPlugin || kubeconfig !== undefined || context !== undefined || namespace !== undefined;
