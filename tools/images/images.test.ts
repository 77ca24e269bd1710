/** The trainer's image on a real cluster, with as few rights as a pod can have. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { openTestCluster, type TestCluster, whyNoOwnCluster } from '../cluster/test-cluster.ts';
import { cacheFolder } from '../folders.ts';
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

test('the trainer works in a restricted pod with a GPU: no root, no capabilities, nothing to write to, no token', { skip }, async () => {
  const namespace = { name: 'restricted', labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } };
  const main = {
    name: 'main',
    image: image.name,
    args: ['--check'],
    resources: { limits: { 'nvidia.com/gpu': 1, memory: '1Gi' } },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  };
  const spec = {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [main],
  };
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
