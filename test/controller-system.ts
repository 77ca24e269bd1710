/** The API of a cluster, a system to run sweeps in, and controllers as processes that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { cronSweepCrd } from '../k8s/api/cron-sweep-crd.ts';
import type { CronSweepObject } from '../k8s/api/cron-sweep-object.ts';
import { sweepCrd } from '../k8s/api/sweep-crd.ts';
import { type SweepObject, sweeps } from '../k8s/api/sweep-object.ts';
import { type Cluster, connectCluster } from '../k8s/client/cluster.ts';
import { isNotFound } from '../k8s/client/errors.ts';
import type { Stored } from '../k8s/client/resource.ts';
import { type ControlPlane, openControlPlane } from '../tools/cluster/test-control-plane.ts';
import { endChild } from './processes.ts';
import { aPythonSweep, startTestSystem, type TestSystem, type TestSystemOptions, type Variables } from './system.ts';

export interface ControllerProcess {
  readonly process: ChildProcess;
  readonly port: number;
  /** What it has logged. */
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export interface ControllerSystem {
  readonly plane: ControlPlane;
  readonly system: TestSystem;
  readonly cluster: Cluster;
  /** Ready when this resolves; leading a moment later, if no other one does. */
  startController(variables?: Variables): Promise<ControllerProcess>;
  /** With it, a worker makes the nights of CronSweep objects. */
  readonly objectsVariables: Variables;
  /** Applies a sweep of the Python example trainer. @returns its name */
  apply(name: string, change?: Readonly<Record<string, unknown>>): Promise<string>;
  find(name: string): Promise<Stored<SweepObject> | undefined>;
  /** The object as soon as this holds of it. */
  until(name: string, holds: (sweep: Stored<SweepObject>) => boolean, signal: AbortSignal): Promise<Stored<SweepObject>>;
  untilGone(name: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** @param options - of its system, whose Temporal is durable unless they are given */
export async function startControllerSystem(options: TestSystemOptions = { durable: true }): Promise<ControllerSystem> {
  const [plane, system] = await Promise.all([openControlPlane(), startTestSystem(options)]);
  await plane.applyKinds(sweepCrd, cronSweepCrd);
  const choice = { kind: 'context', context: 'permafrost', files: [plane.kubeconfig] } as const;
  const cluster = connectCluster({ cluster: choice, namespace: plane.namespace, patienceSeconds: 30 });
  const controllers: ChildProcess[] = [];

  const find: ControllerSystem['find'] = async (name) => {
    try {
      return await cluster.get(sweeps, name);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };

  return {
    plane,
    system,
    cluster,
    objectsVariables: { OBJECTS_CONTEXT: choice.context, KUBECONFIG: plane.kubeconfig, KUBERNETES_NAMESPACE: plane.namespace },
    find,
    async startController(variables) {
      const args = ['controller', '--context', 'permafrost', '--namespace', plane.namespace, '--port', '0'];
      const controller = spawn(process.execPath, [path.join(import.meta.dirname, '../cli/main.ts'), ...args], {
        env: { ...process.env, KUBECONFIG: plane.kubeconfig, TEMPORAL_ADDRESS: system.temporalAddress, ...variables },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      controllers.push(controller);
      const events: Record<string, unknown>[] = [];
      const { promise: port, resolve, reject } = Promise.withResolvers<number>();
      controller.once('exit', (code) => reject(new Error(`the controller ended with ${code} before it was ready`)));
      createInterface({ input: controller.stdout! }).on('line', (line) => {
        const event = JSON.parse(line); // ! above is safe: it is a pipe
        events.push(event);
        if (event.message === 'ready') resolve(event.port);
      });
      return { process: controller, port: await port, events };
    },
    async apply(name, change = {}) {
      const sweep = aPythonSweep(system.s3.bucket, change);
      await plane.apply({ ...sweep, metadata: { name, namespace: plane.namespace } });
      return name;
    },
    async until(name, holds, signal) {
      for (;;) {
        const sweep = await find(name);
        if (sweep !== undefined && holds(sweep)) return sweep;
        await sleep(100, undefined, { signal }).catch((error: unknown) => {
          throw new Error(`still: ${JSON.stringify(sweep?.status)}`, { cause: error });
        });
      }
    },
    async untilGone(name, signal) {
      while ((await find(name)) !== undefined) await sleep(100, undefined, { signal });
    },
    async close() {
      for (const controller of controllers) await endChild(controller, 'SIGKILL');
      await cluster.close();
      await Promise.all([system.close(), plane.remove()]);
    },
  };
}

/** `True`, `False` or `Unknown`, with the reason. */
export function condition({ status }: SweepObject | CronSweepObject, type: string): string {
  const found = status?.conditions?.find((one) => one.type === type);
  return found === undefined ? 'not there' : `${found.status} ${found.reason}`;
}
