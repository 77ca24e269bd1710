/** `npm run images`: builds the container images, and on request gives them to the cluster of `npm run cluster:up`. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '../cluster/cluster.ts';
import { cacheFolder, stateFolder } from '../folders.ts';
import { targets } from './context.ts';
import { buildImage } from './images.ts';

const { values } = parseArgs({
  options: { gpu: { type: 'boolean', default: false }, base: { type: 'string' }, import: { type: 'boolean', default: false } },
});
const say = (line: string): void => console.log(`permafrost: ${line}`);

for (const target of targets) {
  const kind = values.gpu ? 'gpu' : 'cpu';
  const image = await buildImage({ target, kind, base: values.base, cacheFolder: cacheFolder(process.env), say });
  say(`${image.name}  ${image.size}`);
  if (!values.import) continue;
  const cluster = await startCluster({ folder: path.join(stateFolder(process.env), 'cluster'), lifetime: 'untilStopped' });
  await cluster.importImage(await image.save());
  say(`${image.name} is on the cluster`);
}
