/** From an empty cluster to results, as a person would type it. What is typed is printed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { after, before, test } from 'node:test';
import { connectSystem } from '../cli/connection.ts';
import { offerExamples } from '../cli/local-system.ts';
import { command } from '../tools/cluster/command.ts';
import { openTestCluster, type TestCluster, whyNoOwnCluster } from '../tools/cluster/test-cluster.ts';
import { cacheFolder } from '../tools/folders.ts';
import { buildImage } from '../tools/images/images.ts';
import { findPinned } from '../tools/servers/binaries.ts';
import { clusterPrograms, helms } from '../tools/servers/catalogue.ts';
import { startTemporal, type TemporalServer } from '../tools/servers.ts';
import { startTestServer, type TestServer } from './object-server.ts';

const skip = whyNoOwnCluster(); // a named one would need a registry
const project = new URL('..', import.meta.url).pathname;
let cluster: TestCluster;
let door: Server;
let s3: TestServer;
let temporal: TemporalServer;
/** Where pods reach it. */
let temporalAddress: string;
/** As a shell has them, in the namespace of the tests. */
let programs: Readonly<Record<'kubectl' | 'helm', readonly string[]>>;
let images: { readonly worker: string; readonly trainer: string };

before(async () => {
  if (skip !== false) return;
  const search = { env: process.env, say: console.log };
  cluster = await openTestCluster();
  s3 = await startTestServer(cluster.hostAddress);
  temporal = await startTemporal({ inMemory: true });
  // Its parts find each other on loopback only.
  door = createServer(
    (socket) => void pipeline(socket.unref(), connect(Number(temporal.address.split(':')[1]), '127.0.0.1').unref(), socket).catch(() => {}),
  );
  await once(door.listen(0, cluster.hostAddress), 'listening');
  temporalAddress = `${cluster.hostAddress}:${(door.address() as AddressInfo).port}`;
  const image = async (target: 'worker' | 'trainer'): Promise<string> => {
    const built = await buildImage({ target, kind: 'cpu', cacheFolder: cacheFolder(process.env), say: console.log });
    await cluster.own!.importImage(await built.save()); // ! is safe: it is our own
    return built.name;
  };
  images = { worker: await image('worker'), trainer: await image('trainer') };
  await offerExamples(s3.store);
  await s3.store.ensureBucket('sweeps');
  const here = ['--kubeconfig', cluster.kubeconfig, '--namespace', cluster.namespace];
  programs = {
    kubectl: [(await findPinned(clusterPrograms.kubectl, search)).path, ...here],
    helm: [(await findPinned(helms[4], search)).path, ...here],
  };
});
after(async () => {
  await cluster?.remove();
  door?.close();
  await temporal?.stop();
  await s3?.close();
});

/** Prints what is typed and what comes of it. */
async function typed(line: string): Promise<string> {
  console.log(`\n$ ${line}`);
  const [program, ...args] = line.split(' ');
  const [file, ...own] = programs[program as 'kubectl' | 'helm'];
  try {
    const printed = await command(file!, ...own, ...args.map((arg) => arg.replace(/^(helm|examples)\//, `${project}$1/`)));
    console.log(printed.trimEnd());
    return printed;
  } catch (error) {
    console.log((error as Error).message);
    throw error;
  }
}

/** Without printing it. */
const kubectl = (...args: readonly string[]): Promise<string> => command(programs.kubectl[0]!, ...programs.kubectl.slice(1), ...args);

const ended = '--for=jsonpath={.status.state}=Succeeded';

test('the system comes up by one helm install', { skip }, async () => {
  await typed(
    `kubectl create secret generic s3 --from-literal=AWS_ACCESS_KEY_ID=${s3.environment.AWS_ACCESS_KEY_ID} --from-literal=AWS_SECRET_ACCESS_KEY=${s3.environment.AWS_SECRET_ACCESS_KEY}`,
  );
  const [repository, tag] = images.worker.split(/:(?=[^:]*$)/);
  await typed(
    `helm install permafrost helm/permafrost --wait --timeout 3m --set image.repository=${repository} --set image.tag=${tag} --set trials.image=${images.trainer} --set temporal.address=${temporalAddress} --set s3.endpoint=${s3.environment.AWS_ENDPOINT_URL} --set s3.secretName=s3 --set trials.s3SecretName=s3`,
  );
  await typed('helm test permafrost --timeout 1m');
});

test('a sweep by kubectl, to its end', { skip }, async () => {
  await typed('kubectl apply -f examples/first-sweep.yaml');
  await typed(`kubectl wait sweep/first-sweep ${ended} --timeout=5m`);
  const shown = await typed('kubectl get sweeps');
  assert.match(shown, /^first-sweep +random +[0-9.]+ +4\/4 +\S+ +\S* *Succeeded/m);
  await typed('kubectl describe sweep first-sweep');
});

test('a sweep by Helm: four GPUs for six trials, what may change, what may not, and its end', { skip, timeout: 400_000 }, async () => {
  const gpu = 'spec.trialTemplate.resources.limits.nvidia\\.com/gpu=1,spec.trialTemplate.resources.requests.cpu=100m';
  const file = `-f examples/first-sweep.yaml --set ${gpu}`;
  await typed(`helm install lr-scan helm/sweep ${file} --set spec.numTrials=40 --set spec.parallelTrials=6`);
  await typed('kubectl wait sweep/lr-scan --for=jsonpath={.status.state}=Running --timeout=1m');
  const most = { Running: 0, Pending: 0 };
  while (most.Running < 4 || most.Pending < 2) {
    const phases = (await kubectl('get', 'pods', '-l', 'permafrost.dev/sweep', '-o', 'jsonpath={.items[*].status.phase}')).split(' ');
    for (const phase of ['Running', 'Pending'] as const) most[phase] = Math.max(most[phase], phases.filter((one) => one === phase).length);
    assert.ok(most.Running <= 4, `${most.Running} pods with a GPU each run on four`);
  }
  await typed('kubectl scale sweep/lr-scan --replicas=1');
  const same = `${file} --set spec.parallelTrials=1`;
  await typed(`helm upgrade lr-scan helm/sweep ${same} --set spec.numTrials=50`);
  await assert.rejects(
    typed(`helm upgrade lr-scan helm/sweep ${same} --set spec.numTrials=30`),
    /numTrials: Forbidden: can only grow: it was 50, got 30/,
  );
  await assert.rejects(
    typed(`helm upgrade lr-scan helm/sweep ${same} --set spec.numTrials=50 --set spec.searchAlgorithm.name=sobol`),
    /spec.searchAlgorithm: Forbidden: cannot be changed/,
  );
  await typed('kubectl wait sweep/lr-scan --for=jsonpath={.status.trials.total}=50 --timeout=1m');
  const { uid } = JSON.parse(await kubectl('get', 'sweep', 'lr-scan', '--output=json')).metadata;
  await typed('helm uninstall lr-scan --wait --timeout 2m');
  Object.assign(process.env, { TEMPORAL_ADDRESS: temporal.address });
  const { client, close } = await connectSystem();
  const { status } = await client.workflow.getHandle(`${cluster.namespace}.lr-scan.${uid.slice(0, 8)}`).describe();
  await close();
  assert.equal(status.name, 'CANCELLED');
});

test('what is uninstalled leaves the custom resources, and results in S3', { skip }, async () => {
  await typed('kubectl delete sweep first-sweep --timeout=1m');
  await typed('helm uninstall permafrost --wait --timeout 2m');
  await typed('kubectl wait pod --all --for=delete --timeout=1m'); // Helm waits for the deployments, not for their pods
  assert.match(await typed('kubectl get crds --output=name'), /sweeps.permafrost.dev/);
  assert.equal((await typed('kubectl get all --output=name')).trim(), '');
});
