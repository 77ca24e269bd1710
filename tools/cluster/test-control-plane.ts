/**
 * The API server of a cluster without its nodes, for tests of what lives in the API alone: etcd and kube-apiserver on free
 * ports of this machine, and kube-controller-manager where a test needs garbage collection or namespaces that go away.
 * Several run side by side, and none needs root.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Packages, whyNot } from '../debian-packages.ts';
import { findPinned } from '../servers/binaries.ts';
import { clusterPrograms } from '../servers/catalogue.ts';
import { findPort } from '../servers/port.ts';
import { againIfPortTaken, type Server, startServer } from '../servers/server-process.ts';
import { ensureCertificates } from './certificates.ts';
import { type ControlPlaneAddresses, type ControlPlanePart, controlPlaneArguments, writeControlPlaneConfig } from './control-plane.ts';
import { type Kubectl, kubectlWith } from './kubectl.ts';
import { type Layout, layoutOf } from './layout.ts';

export interface ControlPlane extends Kubectl {
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string;
  /** One that is there already. */
  readonly namespace: string;
  /** Requests of users to the API server, one line of JSON each (`audit.k8s.io/v1` Event). */
  readonly auditLog: string;
  /** Creates or changes kinds of objects, and waits until the API server serves them. */
  applyKinds(...definitions: readonly Definition[]): Promise<void>;
  /** Ends one of its programs as `kill` does; `kill -9` with SIGKILL. Nothing starts it again. */
  stopPart(part: ControlPlanePart, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it, on the port that it had, and waits until it works. Fine if it runs. */
  startPart(part: ControlPlanePart): Promise<void>;
  /** Ends and removes everything; calling it again is fine. */
  remove(): Promise<void>;
}

/** A CustomResourceDefinition. */
interface Definition {
  readonly metadata: { readonly name: string };
}

interface StoredDefinition {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] | null };
}

export const controlPlanePackages: Packages = { openssl: 'openssl' };

/** The programs that it consists of, and kubectl. */
export const controlPlanePrograms = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;

/** Why tests that use one are skipped, for their `skip` option. */
export function whyNoControlPlane(): string | false {
  const why = whyNot(controlPlanePackages);
  return why === undefined ? false : `no control plane: ${why}`;
}

const namespace = 'permafrost-test';

/** Open it once for all tests of a file: it answers 5 s later. @throws {ServerFailed} with the end of the log of what failed */
export function openControlPlane(): Promise<ControlPlane> {
  return againIfPortTaken(start);
}

async function start(): Promise<ControlPlane> {
  const folder = mkdtempSync(path.join(tmpdir(), 'permafrost-control-plane-'));
  const layout = layoutOf(folder);
  mkdirSync(path.dirname(layout.auditLog));
  const addresses = await findAddresses();
  await ensureCertificates(layout.certificates, { server: `https://127.0.0.1:${addresses.port}`, alsoAt: [] });
  writeControlPlaneConfig(layout);
  const kubeconfig = path.join(layout.certificates, 'admin.kubeconfig');
  const { kubectl, apply } = kubectlWith(await pathOf('kubectl'), kubeconfig);

  const works: Readonly<Record<ControlPlanePart, () => Promise<boolean>>> = {
    etcd: async () => (await fetch(`${addresses.etcd}/health`)).ok,
    'kube-apiserver': async () => (await kubectl('get', '--raw', '/readyz')) === 'ok',
    'kube-controller-manager': async () => (await kubectl('get', 'serviceaccount', 'default', '--namespace', namespace)) !== '',
  };
  const running = new Map<ControlPlanePart, Server>();
  async function startPart(part: ControlPlanePart): Promise<void> {
    if (running.has(part)) return;
    const server = await startProgram(part, layout, addresses, works[part]);
    running.set(part, server);
    void server.exited.then(() => running.delete(part)); // never rejects
  }
  const stopPart: ControlPlane['stopPart'] = async (part, signal) => running.get(part)?.stop(signal);
  async function remove(): Promise<void> {
    for (const part of running.keys()) await stopPart(part, 'SIGKILL'); // nothing of it is kept
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }

  try {
    await startPart('etcd');
    await startPart('kube-apiserver');
    await kubectl('create', 'namespace', namespace);
  } catch (error) {
    await remove();
    throw error;
  }
  async function applyKinds(...definitions: readonly Definition[]): Promise<void> {
    await apply(...definitions);
    const signal = AbortSignal.timeout(30_000);
    // Not `kubectl wait`, which fails while a new one has no conditions at all.
    for (const { metadata } of definitions) while (!(await isEstablished(metadata.name))) await sleep(50, undefined, { signal });
  }
  async function isEstablished(name: string): Promise<boolean> {
    const { status } = JSON.parse(await kubectl('get', 'crd', name, '--output=json')) as StoredDefinition;
    return status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') === true;
  }
  return { kubeconfig, namespace, auditLog: layout.auditLog, kubectl, apply, applyKinds, startPart, stopPart, remove };
}

async function findAddresses(): Promise<ControlPlaneAddresses> {
  const ip = '127.0.0.1';
  const [etcd, etcdPeers, port] = await Promise.all(
    ['etcd', "etcd's peers", 'the API server'].map((owner) => findPort({ owner, ip, port: 0 })),
  );
  return {
    etcd: `http://${ip}:${etcd}`,
    etcdPeers: `http://${ip}:${etcdPeers}`,
    bind: ip,
    port: port!, // ! is safe: three were asked for
    advertise: ip,
    services: '10.0.0.0/24', // nothing answers there
  };
}

const pathOf = async (program: (typeof controlPlanePrograms)[number]): Promise<string> =>
  (await findPinned(clusterPrograms[program], { env: process.env, say: console.error })).path;

async function startProgram(
  part: ControlPlanePart,
  layout: Layout,
  addresses: ControlPlaneAddresses,
  isReady: () => Promise<boolean>,
): Promise<Server> {
  return startServer({
    name: part,
    address: '127.0.0.1',
    program: await pathOf(part),
    args: controlPlaneArguments(part, layout, addresses),
    env: { HOME: layout.folder, PATH: process.env.PATH ?? '' },
    logFile: path.join(layout.folder, 'logs', `${part}.log`),
    isReady,
    lastSignal: 'SIGKILL', // an API server that lost its etcd does not end by itself
  });
}
