import { command, commandWith } from './command.ts';

export interface Kubectl {
  /** Runs kubectl. @returns what it printed @throws {CommandFailed} */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Creates or changes these objects, by server-side apply. */
  apply(...objects: readonly unknown[]): Promise<void>;
}

/** @param program - path of kubectl */
export function kubectlWith(program: string, kubeconfig: string): Kubectl {
  return {
    kubectl: (...args) => command(program, '--kubeconfig', kubeconfig, ...args),
    async apply(...objects) {
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      await commandWith(list, program, '--kubeconfig', kubeconfig, 'apply', '--server-side', '--filename', '-');
    },
  };
}
