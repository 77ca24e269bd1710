/** What the charts make of values, with both Helms that people have. That the API server takes it is for test/cluster-install.test.ts. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { cronSweepCrd } from '../k8s/api/cron-sweep-crd.ts';
import { sweepCrd } from '../k8s/api/sweep-crd.ts';
import { command } from '../tools/cluster/command.ts';
import { findPinned } from '../tools/servers/binaries.ts';
import { helms } from '../tools/servers/catalogue.ts';
import { generated } from './generate.ts';
import { permafrostValues } from './permafrost-values.ts';

const folder = import.meta.dirname;
const example = path.join(folder, '../examples/minilm-sections.yaml');
/** A Helm that is built from its module does not know by itself what it was made for. */
const kubernetes = ['--kube-version', '1.36.0'];
const installable = ['--set', 'temporal.address=temporal:7233'];

type Fields = Readonly<Record<string, unknown>>;
interface Made extends Fields {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

let helm: Record<3 | 4, (...args: readonly string[]) => Promise<string>>;
before(async () => {
  const search = { env: process.env, say: console.error };
  const programs = { 3: await findPinned(helms[3], search), 4: await findPinned(helms[4], search) };
  helm = { 3: (...args) => command(programs[3].path, ...args), 4: (...args) => command(programs[4].path, ...args) };
});

async function made(chart: 'permafrost' | 'sweep', ...args: readonly string[]): Promise<readonly Made[]> {
  const [by4, by3] = await Promise.all(
    [helm[4], helm[3]].map((run) =>
      run('template', 'lr-scan', path.join(folder, chart), '--namespace', 'research', ...kubernetes, ...args),
    ),
  );
  const objects = objectsIn(by4!);
  assert.deepEqual(sorted(objectsIn(by3!)), sorted(objects), 'Helm 3 and 4 make the same');
  return objects;
}

const objectsIn = (text: string): readonly Made[] =>
  parseAllDocuments(text).flatMap((document) => (document.contents === null ? [] : [document.toJS() as Made]));
const sorted = (objects: readonly Made[]): readonly Made[] =>
  objects.toSorted((one, other) => `${one.kind}/${one.metadata.name}`.localeCompare(`${other.kind}/${other.metadata.name}`));
const installed = (...args: readonly string[]): Promise<readonly Made[]> => made('permafrost', ...installable, ...args);
const named = (objects: readonly Made[], kind: string, name: string): Made => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  assert.ok(found, `${kind} ${name} is not among ${objects.map((object) => `${object.kind} ${object.metadata.name}`).join(', ')}`);
  return found;
};

interface Pod {
  readonly serviceAccountName: string;
  readonly volumes: readonly Fields[];
  readonly containers: readonly [
    { readonly command: readonly string[]; readonly env: readonly Fields[]; readonly volumeMounts: readonly Fields[] } & Fields,
  ];
}
const podOf = (object: Made): Pod => (object.spec as { readonly template: { readonly spec: Pod } }).template.spec;

test('what comes from the schemas is up to date: npm run helm:generate', () => {
  for (const [file, content] of Object.entries(generated())) assert.equal(readFileSync(path.join(folder, file), 'utf8'), content, file);
});

test('the values have the shape that the schema says, and templates read each of them and no others', () => {
  const values = parse(readFileSync(path.join(folder, 'permafrost/values.yaml'), 'utf8'));
  assert.deepEqual(permafrostValues.parse(values), values);
  const templates = globSync('permafrost/templates/**/*.{yaml,tpl,txt}', { cwd: folder, exclude: (name) => name.endsWith('-crd.yaml') });
  const text = templates.map((file) => readFileSync(path.join(folder, file), 'utf8')).join('\n');
  // Parts of controller and worker are reached through their block as well.
  const blocks = ['nodeSelector', 'tolerations', 'affinity', 'serviceAccount.annotations'].flatMap((field) => [
    `controller.${field}`,
    `worker.${field}`,
  ]);
  const read = new Set([...text.matchAll(/\.Values\.([A-Za-z0-9.]+)/g)].map(([, name]) => name!));
  const known = leavesOf(z.toJSONSchema(permafrostValues) as Node, '').filter((leaf) => leaf !== 'global');
  const isRead = (leaf: string): boolean => read.has(leaf) || blocks.includes(leaf);
  assert.deepEqual(
    known.filter((leaf) => !isRead(leaf)),
    [],
    'no template reads these',
  );
  assert.deepEqual(
    [...read].filter((name) => !known.some((leaf) => leaf === name || leaf.startsWith(`${name}.`))),
    [],
    'the schema has none of these',
  );
});

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
}

const leavesOf = ({ properties }: Node, at: string): readonly string[] =>
  properties === undefined
    ? [at]
    : Object.entries(properties).flatMap(([name, inner]) => leavesOf(inner, at === '' ? name : `${at}.${name}`));

test('both Helms find nothing to complain of', async () => {
  for (const run of [helm[3], helm[4]]) {
    await run('lint', '--strict', path.join(folder, 'permafrost'), ...installable);
    await run('lint', '--strict', path.join(folder, 'sweep'), '--values', example);
  }
});

test('the custom resources are those of the schemas, stay when the release goes, and can be left out', async () => {
  const objects = await installed();
  for (const crd of [sweepCrd, cronSweepCrd]) {
    const { spec, metadata } = named(objects, 'CustomResourceDefinition', crd.metadata.name);
    assert.deepEqual({ spec, annotations: metadata.annotations }, { spec: crd.spec, annotations: { 'helm.sh/resource-policy': 'keep' } });
  }
  const unkept = named(await installed('--set', 'crds.keep=false'), 'CustomResourceDefinition', 'sweeps.permafrost.dev');
  assert.equal(unkept.metadata.annotations, undefined);
  assert.ok((await installed('--set', 'crds.install=false')).every(({ kind }) => kind !== 'CustomResourceDefinition'));
});

test('all pods keep to the restricted standard, and each part has its own account', async () => {
  const objects = await installed();
  const pods = objects.flatMap((object) => {
    if (object.kind === 'Pod') return [object.spec as Pod & Fields];
    return ['Deployment', 'Job'].includes(object.kind) ? [podOf(object) as Pod & Fields] : [];
  });
  assert.equal(pods.length, 4);
  for (const { securityContext, containers } of pods) {
    assert.deepEqual(securityContext, {
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const container of containers) {
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  }
  const accounts = ['controller', 'worker'].map(
    (part) => podOf(named(objects, 'Deployment', `lr-scan-permafrost-${part}`)).serviceAccountName,
  );
  assert.deepEqual(accounts, ['lr-scan-permafrost-controller', 'lr-scan-permafrost-worker']);
});

test('rights are those of one namespace, and nobody may read secrets or make pods', async () => {
  const objects = await installed();
  assert.ok(objects.every(({ kind }) => !kind.startsWith('ClusterRole')));
  const rules = objects
    .filter(({ kind }) => kind === 'Role')
    .flatMap((role) => role.rules as readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[]);
  const granted = rules.flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)));
  assert.deepEqual(
    granted.filter((right) => / secrets$/.test(right) || right === 'create pods' || right.includes('*')),
    [],
  );
});

test('TLS, an API key and keys for S3 become variables and files', async () => {
  const set = [
    ...[
      'temporal.tls.enabled=true',
      'temporal.tls.serverName=temporal',
      'temporal.tls.caSecretName=ca',
      'temporal.tls.clientSecretName=client',
    ],
    ...['temporal.apiKeySecretName=key', 's3.endpoint=https://s3.example.com', 's3.secretName=s3', 's3.caConfigMapName=our-ca'],
  ];
  const objects = await installed(...set.flatMap((each) => ['--set', each]));
  const { volumes, containers } = podOf(named(objects, 'Deployment', 'lr-scan-permafrost-worker'));
  const [{ env, envFrom, volumeMounts }] = containers;
  assert.deepEqual(env, [
    { name: 'TEMPORAL_ADDRESS', value: 'temporal:7233' },
    { name: 'TEMPORAL_NAMESPACE', value: 'default' },
    { name: 'TEMPORAL_API_KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'apiKey' } } },
    { name: 'TEMPORAL_TLS', value: 'true' },
    { name: 'TEMPORAL_TLS_SERVER_NAME', value: 'temporal' },
    { name: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', value: '/etc/permafrost/temporal-ca/ca.crt' },
    { name: 'TEMPORAL_TLS_CLIENT_CERT_PATH', value: '/etc/permafrost/temporal-client/tls.crt' },
    { name: 'TEMPORAL_TLS_CLIENT_KEY_PATH', value: '/etc/permafrost/temporal-client/tls.key' },
    { name: 'AWS_REGION', value: 'us-east-1' },
    { name: 'AWS_ENDPOINT_URL', value: 'https://s3.example.com' },
    { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/permafrost/s3-ca/ca.crt' },
  ]);
  assert.deepEqual(envFrom, [{ secretRef: { name: 's3' } }]);
  assert.deepEqual(
    volumeMounts.map(({ name }) => name),
    volumes.map(({ name }) => name),
  );
});

test('the worker is told the image and keys of trials, and its version where it takes part in versioning', async () => {
  const plain = podOf(named(await installed(), 'Deployment', 'lr-scan-permafrost-worker'));
  assert.deepEqual(plain.containers[0].command, ['node', 'cli/main.ts', 'worker', '--namespace', 'research']);
  const set = ['trials.image=trainer:1', 'trials.s3SecretName=keys', 'worker.versioning.enabled=true', 'image.tag=1.2.3'];
  const told = podOf(named(await installed(...set.flatMap((each) => ['--set', each])), 'Deployment', 'lr-scan-permafrost-worker'));
  assert.deepEqual(told.containers[0].command.slice(5), [
    ...['--image', 'trainer:1', '--s3-secret', 'keys'],
    ...['--deployment', 'permafrost', '--build-id', '1.2.3'],
  ]);
});

test('where the custom resources go with the release, its sweeps are let go of first', async () => {
  const isDrain = ({ metadata }: Made): boolean => metadata.name === 'lr-scan-permafrost-drain';
  const removing = await installed('--set', 'crds.keep=false');
  const drain = removing.find(isDrain);
  assert.equal(drain?.metadata.annotations?.['helm.sh/hook'], 'pre-delete');
  assert.deepEqual(podOf(drain!).containers[0].command, ['node', 'cli/main.ts', 'drain', '--namespace', 'research']);
  const may = ({ rules }: Made): boolean => JSON.stringify(rules).includes('"deletecollection"');
  assert.equal(may(named(removing, 'Role', 'lr-scan-permafrost-controller')), true);
  for (const set of ['crds.keep=true', 'crds.install=false']) {
    const objects = await installed('--set', set);
    assert.deepEqual([objects.some(isDrain), may(named(objects, 'Role', 'lr-scan-permafrost-controller'))], [false, false]);
  }
});

test('what is behind a flag', async () => {
  const kinds = async (...args: readonly string[]): Promise<ReadonlySet<string>> =>
    new Set((await installed(...args)).map(({ kind }) => kind));
  const usual = await kinds();
  assert.deepEqual(
    ['ServiceMonitor', 'NetworkPolicy', 'PodDisruptionBudget', 'Job'].map((kind) => usual.has(kind)),
    [false, true, true, true],
  );
  const turned = await kinds(
    ...[
      'serviceMonitor.enabled=true',
      'networkPolicy.enabled=false',
      'podDisruptionBudget.enabled=false',
      'temporal.registerSearchAttributes=false',
    ].flatMap((each) => ['--set', each]),
  );
  assert.deepEqual(
    ['ServiceMonitor', 'NetworkPolicy', 'PodDisruptionBudget', 'Job'].map((kind) => turned.has(kind)),
    [true, false, false, false],
  );
});

const portCases = [
  { name: 'AWS', endpoint: '', want: [443, 6443, 7233] },
  { name: 'a port', endpoint: 'http://10.1.2.3:7070', want: [443, 6443, 7233, 7070] },
  { name: 'plain HTTP', endpoint: 'http://s3.example.com', want: [443, 6443, 7233, 80] },
];
for (const { name, endpoint, want } of portCases) {
  test(`pods may reach S3 behind ${name}`, async () => {
    const policy = named(await installed('--set', `s3.endpoint=${endpoint}`), 'NetworkPolicy', 'lr-scan-permafrost-worker');
    const { egress } = policy.spec as { readonly egress: readonly [{ readonly ports: readonly { readonly port: number }[] }] };
    assert.deepEqual(egress[0].ports.map(({ port }) => port).slice(2), want);
  });
}

const wrongValues = [
  { name: 'no address of Temporal', chart: 'permafrost', args: [], says: /temporal.address: missing; set it to host:port/ },
  { name: 'an address without a port', chart: 'permafrost', args: ['--set', 'temporal.address=temporal'], says: /temporal\/?\.?address/ },
  { name: 'a misspelt value', chart: 'permafrost', args: [...installable, '--set', 'wroker.replicas=2'], says: /wroker/ },
  { name: 'a sweep of nothing', chart: 'sweep', args: [], says: /objectives/ },
  {
    name: 'a misspelt field of a sweep',
    chart: 'sweep',
    args: ['--values', example, '--set', 'spec.paralelTrials=2'],
    says: /paralelTrials/,
  },
  { name: 'a nightly study without a schedule', chart: 'sweep', args: ['--values', example, '--set', 'kind=CronSweep'], says: /schedule/ },
] as const;
for (const { name, chart, args, says } of wrongValues) {
  test(`values that are wrong: ${name}`, async () => {
    for (const run of [helm[3], helm[4]])
      await assert.rejects(run('template', 'x', path.join(folder, chart), ...kubernetes, ...args), says);
  });
}

test('a sweep is made of the file that kubectl would get, and called like the release', async () => {
  const [object, ...others] = await made('sweep', '--values', example, '--set', 'spec.searchAlgorithm.seed=4294967295');
  const written = parse(readFileSync(example, 'utf8'));
  assert.deepEqual(others, []);
  assert.deepEqual(
    { kind: object!.kind, name: object!.metadata.name, spec: object!.spec },
    { kind: 'Sweep', name: 'lr-scan', spec: { ...written.spec, searchAlgorithm: { ...written.spec.searchAlgorithm, seed: 4294967295 } } },
  );
});
