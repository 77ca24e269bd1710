/**
 * A worker, told what to use by variables: with a local runner of two slots, or with pods where KUBERNETES_CONTEXT is set. Nights that come from
 * objects become objects where OBJECTS_CONTEXT is. Tells its parent when it is ready. SIGTERM ends it, and its trials with it.
 */
import { temporalAt } from '../cli/temporal.ts';
import { createWorker, quietRuntime } from '../cli/worker.ts';
import { type Cluster, connectCluster } from '../k8s/client/cluster.ts';
import { connectObjectStore, type ObjectStore } from '../results/object-store.ts';
import { kubernetesRunner } from '../runners/kubernetes/kubernetes-runner.ts';
import { localRunner } from '../runners/local/local-runner.ts';

const { TEMPORAL_ADDRESS: address, TRIALS_FOLDER: stateFolder, OBJECTS_CONTEXT, DEPLOYMENT_NAME, BUILD_ID } = process.env;
if (address === undefined || stateFolder === undefined) throw new Error('TEMPORAL_ADDRESS and TRIALS_FOLDER must be set');

const store = connectObjectStore();
const runner = openRunner(store, stateFolder);
quietRuntime();
const worker = await createWorker({
  temporal: temporalAt(address, process.env),
  store,
  runner,
  maxTrials: 100,
  ...(OBJECTS_CONTEXT !== undefined && { cluster: clusterOf(OBJECTS_CONTEXT) }),
  ...(DEPLOYMENT_NAME !== undefined && BUILD_ID !== undefined && { version: { deploymentName: DEPLOYMENT_NAME, buildId: BUILD_ID } }),
});
process.once('SIGTERM', () => worker.shutdown());
const running = worker.run();
process.send?.('ready');
await running;
await runner.suspend();
process.exit(); // the watch of a cluster goes on for ever

function clusterOf(context: string): Cluster {
  const { KUBERNETES_NAMESPACE: namespace = '', KUBECONFIG = '' } = process.env;
  return connectCluster({ cluster: { kind: 'context', context, files: [KUBECONFIG] }, namespace, patienceSeconds: 60 });
}

function openRunner(store: ObjectStore, stateFolder: string) {
  const { KUBERNETES_CONTEXT: context, ...others } = process.env;
  if (context === undefined) {
    const slot = { kind: 'cpu', threads: 1 } as const;
    return localRunner({ stateFolder, builtInTrainer: [], slots: [slot, slot], store, environment: process.env, graceSeconds: 5 });
  }
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = others;
  return kubernetesRunner({
    cluster: clusterOf(context),
    store,
    startGraceSeconds: 5,
    defaults: { s3: { endpoint, region, secretName: 's3' } },
  });
}
