import type { Say } from '../../trainer/native/command.ts';
import { whyNoCluster } from '../cluster/requirements.ts';
import { installPackages } from '../debian-packages.ts';
import { findBuilder } from './builder.ts';
import { targets } from './context.ts';
import { buildImage } from './images.ts';

/** Builds the images that tests run on a cluster of our own; says so where there is none. */
export async function setUpImages({ cacheFolder, say }: { readonly cacheFolder: string; readonly say: Say }): Promise<void> {
  const why = whyNoCluster();
  if (why !== undefined) {
    say(`${why}: no images are built for it`);
    return;
  }
  const found = await findBuilder(say).catch(() => undefined);
  if (found === undefined) await installPackages({ buildah: 'buildah' }, say);
  await installPackages({ debootstrap: 'debootstrap', strip: 'binutils' }, say);
  for (const target of targets) await buildImage({ target, kind: 'cpu', cacheFolder, say });
}
