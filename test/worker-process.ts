/** A worker with a local runner of two slots, told what to use by variables. Tells its parent when it is ready; SIGTERM ends it and its trials. */
import { createWorker, quietRuntime } from '../cli/worker.ts';
import { connectObjectStore } from '../results/object-store.ts';
import { localRunner } from '../runners/local/local-runner.ts';

const { TEMPORAL_ADDRESS: address, TRIALS_FOLDER: stateFolder } = process.env;
if (address === undefined || stateFolder === undefined) throw new Error('TEMPORAL_ADDRESS and TRIALS_FOLDER must be set');

const store = connectObjectStore();
const slot = { kind: 'cpu', threads: 1 } as const;
const runner = localRunner({ stateFolder, builtInTrainer: [], slots: [slot, slot], store, environment: process.env, graceSeconds: 5 });
quietRuntime();
const worker = await createWorker({ temporal: { address, namespace: 'default' }, store, runner, maxTrials: 100 });
process.once('SIGTERM', () => worker.shutdown());
const running = worker.run();
process.send?.('ready');
await running;
await runner.suspend();
process.disconnect();
