/** A real single-node Kubernetes cluster for tests and laptops, in one folder. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from '../../trainer/native/command.ts';
import { findPinned } from '../servers/binaries.ts';
import { clusterPrograms } from '../servers/catalogue.ts';
import { writeBusyboxImage } from './busybox-image.ts';
import { ensureCertificates } from './certificates.ts';
import { command } from './command.ts';
import { makeControlGroups, removeControlGroups } from './control-groups.ts';
import { writeControlPlaneConfig } from './control-plane.ts';
import { type Kubectl, kubectlWith } from './kubectl.ts';
import { kwokNodes } from './kwok.ts';
import { layoutOf } from './layout.ts';
import { end, findInside, findMachine, type Lifetime, type Machine, runInside, startInside, startMachine, stopMachine } from './machine.ts';
import { connect, isInUse, type Network, networkOf, removeLine, reserveAgain, reserveNetwork } from './network.ts';
import { busyboxImage, cgroupOf, nodeName, writeNodeConfig } from './node.ts';
import { apiServerPort, argumentsOf, etcdAddress, type PartName } from './parts.ts';

export interface ClusterOptions {
  /** Holds everything of it. What an earlier one left there is taken up again. */
  readonly folder: string;
  readonly lifetime: Lifetime;
  readonly say?: Say;
}

/** GPUs that its node says it has. */
const gpus = 4;

export interface Cluster extends Kubectl {
  /** Path of a kubeconfig with all rights. */
  readonly kubeconfig: string;
  /** Of this machine, as pods see it: servers that they use listen here. */
  readonly hostAddress: string;
  /** Requests of users and pods to the API server, one line of JSON each (`audit.k8s.io/v1` Event). */
  readonly auditLog: string;
  /** Adds so many nodes that KWOK plays, with 8 GPUs each: pods that tolerate `kwok.x-k8s.io/node` complete there at once. */
  addKwokNodes(count: number): Promise<void>;
  /** Ends one program of it as `kill` does; `kill -9` with SIGKILL. Nothing starts it again. */
  stopPart(part: PartName, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again and waits until it works. */
  startPart(part: PartName): Promise<void>;
  /**
   * Forgets all revisions of objects but the newest. The API server answers 410 Gone to who asks for an older one as soon
   * as it is started again; until then it knows some from its own memory.
   */
  compactEtcd(): Promise<void>;
  /** Makes the image of a docker archive known to the node. */
  importImage(archive: string): Promise<void>;
  /** Ends and removes everything, its folder too. */
  remove(): Promise<void>;
}

/**
 * Starts it, or the parts of it that do not run. Needs root; `requirements.ts` tells whether it can be had.
 * @throws if a part ends or does not work within three minutes, with the end of its log
 */
export async function startCluster({ folder, lifetime, say = () => {} }: ClusterOptions): Promise<Cluster> {
  const programs = await findPrograms(say);
  const layout = layoutOf(folder);
  mkdirSync(path.join(folder, 'logs'), { recursive: true });

  const running = await findMachine(folder);
  const network = running === undefined ? await claimNetwork(folder) : readNetwork(folder)!; // ! is safe: it was claimed before
  const server = `https://${network.nodeAddress}:${apiServerPort}`;
  await ensureCertificates(layout.certificates, { server, alsoAt: [network.nodeAddress, network.apiService] });
  writeControlPlaneConfig(layout);
  writeNodeConfig(layout.config, layout.certificates, network);
  copyFileSync(path.join(import.meta.dirname, 'kwok.yaml'), path.join(layout.config, 'kwok.yaml'));
  const kubeconfig = path.join(folder, 'kubeconfig');
  copyFileSync(path.join(layout.certificates, 'admin.kubeconfig'), kubeconfig);

  const machine = running ?? (await startMachine({ folder, programs: path.dirname(programs.etcd), lifetime }));
  if (running === undefined) await connect(network, machine.init);
  makeControlGroups(cgroupOf(network));

  const { kubectl, apply } = kubectlWith(programs.kubectl, kubeconfig);
  const inside = (program: string, ...args: readonly string[]): Promise<string> => runInside(machine, program, ...args);
  const importImage = (archive: string): Promise<string> => inside('ctr', '--namespace', 'k8s.io', 'images', 'import', archive);
  const works: Partial<Record<PartName, (since: number) => Promise<boolean>>> = {
    'kube-apiserver': async () => (await kubectl('get', '--raw', '/readyz')) === 'ok',
    containerd: async () => (await inside('ctr', 'version')) !== '',
    async kubelet(since) {
      const [isReady, at] = (await kubectl('get', 'node', nodeName, '-o', readyStatus)).split(' ');
      return isReady === 'True' && Date.parse(at ?? '') >= since - 1_000; // told in whole seconds
    },
  };

  async function startPart(part: PartName): Promise<void> {
    const program = programs[part];
    let since = 0;
    if (findInside(machine, program) === undefined) {
      say(`starting ${part}`);
      since = Date.now();
      await startInside(machine, program, argumentsOf(part, layout, network));
    }
    await waitUntilItWorks(machine, part, program, works[part] && (() => works[part]!(since)));
    if (part === 'kubelet') await kubectl('patch', 'node', nodeName, '--subresource=status', '--type=merge', '--patch', gpuPatch); // a new kubelet forgets it
  }

  async function ensureBusybox(): Promise<void> {
    if ((await inside('ctr', '--namespace', 'k8s.io', 'images', 'list', '--quiet')).split('\n').includes(busyboxImage)) return;
    const archive = path.join(folder, 'busybox.tar');
    await writeBusyboxImage(archive, busyboxImage);
    await importImage(archive);
  }

  await Promise.all([startPart('etcd').then(() => startPart('kube-apiserver')), startPart('containerd').then(ensureBusybox)]);
  await Promise.all((['kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'] as const).map(startPart));

  return {
    kubeconfig,
    hostAddress: network.hostAddress,
    auditLog: layout.auditLog,
    kubectl,
    apply,
    startPart,
    async addKwokNodes(count) {
      await startPart('kwok');
      const nodes = kwokNodes(count, network);
      const parts = Array.from({ length: Math.ceil(count / 50) }, (_, part) => nodes.slice(50 * part, 50 * (part + 1)));
      await Promise.all(parts.map((part) => apply(...part))); // each kubectl makes five requests per second
    },
    async stopPart(part, signal = 'SIGTERM') {
      const pid = findInside(machine, programs[part]);
      if (pid !== undefined) await end(pid, signal);
    },
    async compactEtcd() {
      const script = compactionScript(etcdAddress);
      await command('nsenter', '--target', `${machine.init}`, '--net', process.execPath, '--input-type=module', '--eval', script);
    },
    async importImage(archive) {
      await importImage(archive);
    },
    remove: () => removeCluster(folder),
  };
}

/** With the time at which the kubelet last said so: of a node that was there before, an earlier one may have said it. */
const readyStatus = 'jsonpath={.status.conditions[?(@.type=="Ready")].status} {.status.conditions[?(@.type=="Ready")].lastHeartbeatTime}';
const gpuPatch = JSON.stringify({ status: { capacity: { 'nvidia.com/gpu': `${gpus}` }, allocatable: { 'nvidia.com/gpu': `${gpus}` } } });

/** Ends the cluster of this folder, however much of it runs, and removes it. Fine if there is none. */
export async function removeCluster(folder: string): Promise<void> {
  const machine = await findMachine(folder);
  if (machine !== undefined) await stopMachine(machine);
  const network = readNetwork(folder);
  if (network !== undefined) {
    await removeLine(network, folder);
    if (!(await isInUse(network))) await removeControlGroups(cgroupOf(network)); // of a folder left behind, another cluster may have the addresses now
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** The addresses it had before, or new ones. */
async function claimNetwork(folder: string): Promise<Network> {
  const before = readNetwork(folder);
  if (before !== undefined) {
    await reserveAgain(before, folder);
    await removeControlGroups(cgroupOf(before)); // of pods that ended with the machine
    return before;
  }
  const network = await reserveNetwork(folder);
  writeFileSync(path.join(folder, 'network.json'), JSON.stringify({ block: network.block }));
  return network;
}

function readNetwork(folder: string): Network | undefined {
  const file = path.join(folder, 'network.json');
  if (!existsSync(file)) return undefined;
  const { block } = JSON.parse(readFileSync(file, 'utf8')) as { readonly block: number };
  return networkOf(block);
}

type Programs = Readonly<Record<PartName | 'kubectl', string>>;

async function findPrograms(say: Say): Promise<Programs> {
  const found: Record<string, string> = { containerd: '/usr/bin/containerd' };
  for (const program of Object.values(clusterPrograms)) found[program.name] = (await findPinned(program, { env: process.env, say })).path;
  return found as Programs; // the catalogue has one for each part but containerd
}

async function waitUntilItWorks(
  machine: Machine,
  part: PartName,
  program: string,
  works: (() => Promise<boolean>) | undefined,
): Promise<void> {
  const deadline = performance.now() + 180_000; // a matter of seconds, unless this machine has too much to do
  for (;;) {
    if (findInside(machine, program) === undefined) throw new Error(`${part} ended; ${logTail(machine, program)}`);
    if (works === undefined || (await works().catch(() => false))) return;
    if (performance.now() > deadline) throw new Error(`${part} does not work after three minutes; ${logTail(machine, program)}`);
    await sleep(200);
  }
}

function logTail({ folder }: Machine, program: string): string {
  const file = path.join(folder, 'logs', `${path.basename(program)}.log`);
  return `${file} ends with:\n${readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n')}`;
}

/** etcd's gateway speaks JSON. The key does not matter: each answer carries the newest revision. */
const compactionScript = (etcd: string): string => `
const ask = async (path, body) => (await fetch('${etcd}' + path, { method: 'POST', body: JSON.stringify(body) })).json();
const { header } = await ask('/v3/kv/range', { key: 'AA==' });
const answer = await ask('/v3/kv/compaction', { revision: header.revision, physical: true });
if (answer.error) throw new Error(answer.error);
`;
