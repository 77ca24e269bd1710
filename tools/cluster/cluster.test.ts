/** A real cluster: what runs in it, how it comes back, and what is left of it. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cluster, removeCluster, startCluster } from './cluster.ts';
import { command } from './command.ts';
import { findMachine } from './machine.ts';
import { busyboxImage } from './node.ts';
import { openTestCluster, whyNoOwnCluster } from './test-cluster.ts';

const skip = whyNoOwnCluster();
const folder = mkdtempSync(path.join(tmpdir(), 'permafrost-cluster-'));
let cluster: Cluster;

before(async () => {
  if (skip === false) cluster = await startCluster({ folder, lifetime: 'untilStopped' });
});
after(() => removeCluster(folder));

/** One pod with a GPU. */
function aJob(name: string, script: string, podSpec: Readonly<Record<string, unknown>> = {}): unknown {
  const main = { name: 'main', image: busyboxImage, command: ['sh', '-c', script], resources: { limits: { 'nvidia.com/gpu': 1 } } };
  const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [main], ...podSpec };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { backoffLimit: 0, template: { spec } } };
}

async function complete(job: string): Promise<void> {
  await cluster.kubectl('wait', '--for=condition=Complete', `job/${job}`, '--timeout=60s');
}

test('a pod with a GPU runs, reaches this machine and the API server, and its Job is in the audit log', { skip }, async (t) => {
  const server = createServer((socket) => socket.end('this machine\n')).listen(0, cluster.hostAddress);
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await cluster.apply(aJob('reaches', `nc ${cluster.hostAddress} ${port}; nc -w 5 $KUBERNETES_SERVICE_HOST 443 </dev/null && echo API`));
  await complete('reaches');
  assert.equal(await cluster.kubectl('logs', 'job/reaches'), 'this machine\nAPI\n');

  const requests = readFileSync(cluster.auditLog, 'utf8')
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as {
          readonly verb: string;
          readonly user: { readonly username: string };
          readonly objectRef?: { readonly name?: string };
        },
    );
  const applied = requests.filter(({ verb, objectRef }) => verb === 'patch' && objectRef?.name === 'reaches');
  assert.deepEqual(
    applied.map(({ user }) => user.username),
    ['admin'],
  );
});

test('the fifth pod waits for one of four GPUs', { skip }, async () => {
  const names = ['one', 'two', 'three', 'four', 'five'];
  await cluster.apply(...names.map((name) => aJob(name, 'sleep 600')));
  const phases = async (): Promise<string> => {
    const printed = await cluster.kubectl(
      'get',
      'pods',
      '-l',
      `batch.kubernetes.io/job-name in (${names})`,
      '-o',
      'jsonpath={.items[*].status.phase}',
    );
    return printed.split(' ').toSorted().join(' ');
  };
  while ((await phases()) !== 'Pending Running Running Running Running') await sleep(200);
  await cluster.kubectl('delete', 'job', ...names);
});

test('what was is gone once etcd is compacted and the API server started again', { skip }, async () => {
  const { resourceVersion } = JSON.parse(await cluster.kubectl('get', '--raw', '/api/v1/namespaces')).metadata;
  const listThen = (): Promise<string> =>
    cluster.kubectl('get', '--raw', `/api/v1/namespaces?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`);
  await listThen();
  await cluster.kubectl('create', 'namespace', 'newer');
  await cluster.compactEtcd();
  await cluster.stopPart('kube-apiserver');
  await cluster.startPart('kube-apiserver');
  await assert.rejects(listThen, /too old resource version|Expired/);
});

test('nodes that KWOK plays take pods that tolerate them', { skip }, async () => {
  await cluster.addKwokNodes(3);
  const podSpec = { nodeSelector: { type: 'kwok' }, tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }] };
  await cluster.apply(aJob('played', 'exit 1', podSpec));
  await complete('played');
});

test('a cluster that is named gets one namespace, which is gone afterwards', { skip }, async (t) => {
  const namespaces = async (): Promise<readonly string[]> =>
    (await cluster.kubectl('get', 'namespaces', '--output=name')).trim().split('\n');
  const before = await namespaces();
  Object.assign(process.env, { KUBECONFIG: cluster.kubeconfig, PERMAFROST_TEST_CONTEXT: 'permafrost' });
  t.after(() => {
    delete process.env.KUBECONFIG;
    delete process.env.PERMAFROST_TEST_CONTEXT;
  });
  const named = await openTestCluster();
  assert.deepEqual(await namespaces(), [...before, `namespace/${named.namespace}`].toSorted());
  assert.equal(named.hostAddress, cluster.hostAddress);
  assert.equal(named.own, undefined);
  await named.remove();
  assert.deepEqual(await namespaces(), before);
});

test('what was killed is started again by the next start, and its objects are still there', { skip }, async () => {
  for (const part of ['kubelet', 'kube-apiserver', 'containerd'] as const) await cluster.stopPart(part, 'SIGKILL');
  cluster = await startCluster({ folder, lifetime: 'untilStopped' });
  await cluster.apply(aJob('after-kill', 'exit 0'));
  await complete('after-kill');

  process.kill((await findMachine(folder))!.init, 'SIGKILL'); // and with it all the others
  cluster = await startCluster({ folder, lifetime: 'untilStopped' });
  await complete('after-kill');
  await cluster.apply(aJob('after-all', 'exit 0'));
  await complete('after-all');
});

test('a second one runs beside it, and ends with the process that owns it', { skip }, async () => {
  const second = mkdtempSync(path.join(tmpdir(), 'permafrost-cluster-'));
  const source = `import { startCluster } from ${JSON.stringify(path.join(import.meta.dirname, 'cluster.ts'))};
    const { hostAddress } = await startCluster({ folder: ${JSON.stringify(second)}, lifetime: 'thisProcess' });
    process.send(hostAddress);`;
  const owner = fork('-', { execArgv: ['--input-type=module', '--eval', source] });
  const [hostAddress] = (await once(owner, 'message')) as [string];
  assert.notEqual(hostAddress, cluster.hostAddress);
  owner.kill('SIGKILL');
  while ((await findMachine(second)) !== undefined) await sleep(20);
  await removeCluster(second);
  assert.equal(existsSync(second), false);
});

test('nothing is left of it', { skip }, async () => {
  const tracesOf = async (block: string): Promise<readonly string[]> => [
    ...globSync('/proc/[0-9]*/cmdline').filter((file) => readProcess(file).includes(folder)),
    ...globSync('/proc/[0-9]*/mounts').filter((file) => readProcess(file).includes(folder)),
    ...globSync(`/sys/fs/cgroup/**/permafrost${block}`),
    ...(await command('ip', 'address')).split('\n').filter((line) => line.includes(`permafrost${block}`)),
    ...(await command('ip', 'route')).split('\n').filter((line) => line.startsWith(`10.${block}.`)),
    ...(await command('nft', 'list', 'tables')).split('\n').filter((line) => line.includes('kube-proxy')),
    ...globSync('/var/lib/{cni,kubelet,containerd}/**/*pods*'),
    ...globSync(`${folder}*`),
  ];
  const block = cluster.hostAddress.split('.')[1]!;
  const sysctl = readFileSync('/proc/sys/vm/overcommit_memory', 'utf8');
  assert.ok((await tracesOf(block)).length > 10, 'the test knows where to look');
  await cluster.remove();
  assert.deepEqual(await tracesOf(block), []);
  assert.equal(readFileSync('/proc/sys/vm/overcommit_memory', 'utf8'), sysctl);
});

const readProcess = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended
  }
};
