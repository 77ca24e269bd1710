/**
 * A worker, told what to use by variables: with a local runner of two slots, or with pods where KUBERNETES_CONTEXT is set. Tells its parent when it is
 * ready. SIGTERM ends it, and its trials with it.
 */
import { createWorker, quietRuntime } from '../cli/worker.ts';
import { connectCluster } from '../k8s/client/cluster.ts';
import { connectObjectStore, type ObjectStore } from '../results/object-store.ts';
import { kubernetesRunner } from '../runners/kubernetes/kubernetes-runner.ts';
import { localRunner } from '../runners/local/local-runner.ts';

const { TEMPORAL_ADDRESS: address, TRIALS_FOLDER: stateFolder } = process.env;
if (address === undefined || stateFolder === undefined) throw new Error('TEMPORAL_ADDRESS and TRIALS_FOLDER must be set');

const store = connectObjectStore();
const runner = openRunner(store, stateFolder);
quietRuntime();
const worker = await createWorker({ temporal: { address, namespace: 'default' }, store, runner, maxTrials: 100 });
process.once('SIGTERM', () => worker.shutdown());
const running = worker.run();
process.send?.('ready');
await running;
await runner.suspend();
process.exit(); // the watch of a cluster goes on for ever

function openRunner(store: ObjectStore, stateFolder: string) {
  const { KUBERNETES_CONTEXT: context, KUBERNETES_NAMESPACE: namespace = '', KUBECONFIG = '', ...others } = process.env;
  if (context === undefined) {
    const slot = { kind: 'cpu', threads: 1 } as const;
    return localRunner({ stateFolder, builtInTrainer: [], slots: [slot, slot], store, environment: process.env, graceSeconds: 5 });
  }
  const { AWS_ENDPOINT_URL: endpoint = '', AWS_REGION: region = '' } = others;
  const cluster = connectCluster({ cluster: { kind: 'context', context, files: [KUBECONFIG] }, namespace, patienceSeconds: 60 });
  return kubernetesRunner({ cluster, store, startGraceSeconds: 5, defaults: { s3: { endpoint, region, secretName: 's3' } } });
}
