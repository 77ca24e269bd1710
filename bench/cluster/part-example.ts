/**
 * The example sweep as a person runs it on a cluster, with the trainer's image. Each pod asks for a GPU, of which the node says that it has four, and six
 * trials may run at a time: the scheduler lets four and leaves the others pending.
 */
import { runExample } from '../../test/cluster-example.ts';
import { cacheFolder } from '../../tools/folders.ts';
import { buildImage } from '../../tools/images/images.ts';
import { atMost } from '../gates.ts';
import type { Part } from './part.ts';
import { namespaces } from './system.ts';

const gpus = 4;

export const examplePart: Part = async ({ cluster }, { example }) => {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const image = await buildImage({ target: 'trainer', kind: 'cpu', cacheFolder: cacheFolder(process.env), say });
  await cluster.importImage(await image.save());
  const run = await runExample({ cluster, namespace: namespaces.trials, image: image.name, change: example });
  if (run.exitCode !== 0) throw new Error(`permafrost run ended with ${run.exitCode}`);
  return {
    title: 'The example sweep with the trainer’s image, six trials at a time on four GPUs',
    headings: ['', ''],
    rows: [
      ['minutes', run.minutes.toFixed(1)],
      ['pods that ran at a time, at most', `${run.mostRunning}`],
      ['pods that waited at a time, at most', `${run.mostPending}`],
    ],
    gates: [
      atMost('example: pods that run at a time', run.mostRunning, gpus),
      atMost('example: GPUs that stay free at its busiest', gpus - run.mostRunning, 0),
      atMost('example: pods left a minute after the end', run.left, 0),
    ],
  };
};
