/** `npm run cluster:up` and `npm run cluster:down`: a Kubernetes cluster on this machine. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stateFolder } from '../folders.ts';
import { findPinned } from '../servers/binaries.ts';
import { clusterPrograms } from '../servers/catalogue.ts';
import { removeCluster, startCluster } from './cluster.ts';
import { whyNoCluster } from './requirements.ts';

const folder = path.join(stateFolder(process.env), 'cluster');
const say = (line: string): void => console.log(`permafrost: ${line}`);

async function up(kwokNodes: number): Promise<void> {
  const cluster = await startCluster({ folder, lifetime: 'untilStopped', say });
  if (kwokNodes > 0) {
    say(`adding ${kwokNodes} nodes that KWOK plays`);
    await cluster.addKwokNodes(kwokNodes);
  }
  const bin = path.join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  rmSync(path.join(bin, 'kubectl'), { force: true });
  symlinkSync((await findPinned(clusterPrograms.kubectl, { env: process.env, say })).path, path.join(bin, 'kubectl'));
  console.log(`
The cluster is up. To use it in this shell:

  export KUBECONFIG=${cluster.kubeconfig} PATH=${bin}:$PATH
  kubectl get nodes

Pods reach servers of this machine that listen on ${cluster.hostAddress}. npm run cluster:down removes everything.`);
}

const { positionals, values } = parseArgs({ allowPositionals: true, options: { 'kwok-nodes': { type: 'string', default: '0' } } });
const kwokNodes = Number(values['kwok-nodes']);
const why = whyNoCluster();

if (positionals.length !== 1 || !['up', 'down'].includes(positionals[0]!) || !Number.isInteger(kwokNodes) || kwokNodes < 0) {
  console.error('usage: npm run cluster:up [-- --kwok-nodes <number>] or npm run cluster:down');
  process.exitCode = 2;
} else if (why !== undefined) {
  console.error(`permafrost: ${why}`);
  process.exitCode = 4;
} else if (positionals[0] === 'up') {
  await up(kwokNodes);
} else {
  await removeCluster(folder);
  say('the cluster is gone');
}
