/** Control planes without nodes: two at once, what they do, and what is left of them. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlPlane, openControlPlane, whyNoControlPlane } from './test-control-plane.ts';

const skip = whyNoControlPlane();
let plane: ControlPlane;
let other: ControlPlane;

before(async () => {
  if (skip === false) [plane, other] = await Promise.all([openControlPlane(), openControlPlane()]);
});
after(() => Promise.all([plane?.remove(), other?.remove()]));

const aConfigMap = (name: string, owner?: { readonly name: string; readonly uid: string }): unknown => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: plane.namespace,
    ...(owner && { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', ...owner }] }),
  },
});

const names = async ({ kubectl, namespace }: ControlPlane): Promise<readonly string[]> =>
  (await kubectl('get', 'configmaps', '--namespace', namespace, '--output=name')).trim().split('\n');

test('what is applied in one is there after a restart of its programs, and not in the other', { skip }, async () => {
  await plane.apply(aConfigMap('owner'));
  for (const part of ['kube-apiserver', 'etcd'] as const) await plane.stopPart(part, 'SIGKILL');
  for (const part of ['etcd', 'kube-apiserver'] as const) await plane.startPart(part);
  assert.deepEqual(await names(plane), ['configmap/owner']);
  assert.deepEqual(await names(other), ['']);
});

test('with the controller manager, what is owned goes with its owner', { skip }, async () => {
  await plane.startPart('kube-controller-manager');
  const owner = JSON.parse(await plane.kubectl('get', 'configmap', 'owner', '--namespace', plane.namespace, '--output=json'));
  await plane.apply(aConfigMap('owned', { name: 'owner', uid: owner.metadata.uid }));
  await plane.kubectl('delete', 'configmap', 'owner', '--namespace', plane.namespace);
  while ((await names(plane)).includes('configmap/owned')) await sleep(100);
});

test('one that is removed leaves nothing', { skip }, async () => {
  await other.remove();
  assert.equal(existsSync(path.dirname(other.auditLog)), false);
  await assert.rejects(other.kubectl('get', 'namespaces'));
});
