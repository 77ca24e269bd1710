/** The images on a real cluster, with as few rights as pods can have. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openTestCluster, type TestCluster, whyNoOwnCluster } from '../cluster/test-cluster.ts';
import { cacheFolder } from '../folders.ts';
import { startObjectServer, startTemporal } from '../servers.ts';
import { contentsOf } from './contents.ts';
import { buildImage, type Image } from './images.ts';

const skip = whyNoOwnCluster(); // a named one would need a registry
let cluster: TestCluster;
let image: Image;

before(async () => {
  if (skip !== false) return;
  const say = (line: string): void => console.log(`# ${line}`); // a build takes minutes
  image = await buildImage({ target: 'trainer', kind: 'cpu', cacheFolder: cacheFolder(process.env), say });
  cluster = await openTestCluster();
  await cluster.own!.importImage(await image.save()); // ! is safe: it is our own
});
after(() => cluster?.remove());

const restrictedPod = { restartPolicy: 'Never', securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } };
const restrictedContainer = {
  name: 'main',
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
};

test('the trainer works in a restricted pod with a GPU: no root, no capabilities, nothing to write to, no token', { skip }, async () => {
  const namespace = { name: 'restricted', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
  const limits = { 'nvidia.com/gpu': 1, memory: '1Gi' };
  const main = { ...restrictedContainer, image: image.name, args: ['--check'], resources: { limits } };
  const spec = { ...restrictedPod, automountServiceAccountToken: false, containers: [main] };
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: namespace });
  await cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'check', namespace: 'restricted' }, spec });
  const ended = '--for=jsonpath={.status.containerStatuses[0].state.terminated.finishedAt}';
  await cluster.kubectl('--namespace', 'restricted', 'wait', ended, 'pod/check', '--timeout=120s');
  const { version } = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    readonly version: string;
  };
  const printed = await cluster.kubectl('--namespace', 'restricted', 'logs', 'check');
  assert.match(printed, new RegExp(`^trainer ${version}: TensorFlow 2\\.21\\.0 on cpu, Node ${process.versions.node}$`, 'm'));
});

test('the worker starts in such a pod, and takes its cluster from its service account', { skip }, async (t) => {
  const keys = { accessKey: 'permafrost', secretKey: 'permafrost-test-secret' };
  const dataFolder = mkdtempSync(path.join(tmpdir(), 'permafrost-images-'));
  const s3 = await startObjectServer({ dataFolder, ip: cluster.hostAddress, ...keys });
  t.after(() => s3.stop().then(() => rmSync(dataFolder, { recursive: true })));
  const temporal = await startTemporal({ inMemory: true, ip: cluster.hostAddress });
  t.after(() => temporal.stop());
  const environment = {
    TEMPORAL_ADDRESS: temporal.address,
    AWS_ENDPOINT_URL: s3.address,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: keys.accessKey,
    AWS_SECRET_ACCESS_KEY: keys.secretKey,
  };
  const worker = await buildImage({ target: 'worker', kind: 'cpu', cacheFolder: cacheFolder(process.env), say: console.log });
  await cluster.own!.importImage(await worker.save()); // ! is safe: it is our own
  const main = {
    ...restrictedContainer,
    image: worker.name,
    args: ['--namespace', cluster.namespace],
    env: Object.entries(environment).map(([name, value]) => ({ name, value })),
  };
  const metadata = { name: 'worker', namespace: cluster.namespace };
  const rbac = { apiGroup: 'rbac.authorization.k8s.io' };
  await cluster.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { ...rbac, kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...restrictedPod, serviceAccountName: 'worker', containers: [main] } },
  );
  const logs = (): Promise<string> => cluster.kubectl('--namespace', cluster.namespace, 'logs', 'worker').catch(() => '');
  while (!(await logs()).includes('\n')) await sleep(500);
  assert.match(await logs(), new RegExp(`^Ready: Temporal at ${temporal.address}, trials as pods in namespace ${cluster.namespace} `));
});

test('an image holds what its entry reaches, and nothing that only tests or other rooms use', () => {
  const { files, packages } = contentsOf(path.join(import.meta.dirname, '../..'), ['trainer/main.ts', 'trainer/training-process.ts']);
  for (const reached of ['trainer/native/tensorflow.ts', 'results/object-store.ts', 'study/trial.ts'])
    assert.ok(files.has(reached), reached);
  assert.deepEqual(
    [...files].filter((file) => /\.test\.ts$|^(cli|workflows|tools|k8s|runners)\//.test(file)),
    [],
  );
  for (const reached of ['@tensorflow/tfjs-node-gpu', '@aws-sdk/client-s3', 'long'])
    assert.ok(packages.has(`node_modules/${reached}`), reached);
  for (const other of ['@temporalio/worker', '@kubernetes/client-node', 'typescript'])
    assert.ok(!packages.has(`node_modules/${other}`), other);
});
