import type { Say } from '../../trainer/native/command.ts';
import { installPackages } from '../debian-packages.ts';
import { findPinned } from '../servers/binaries.ts';
import { clusterPrograms } from '../servers/catalogue.ts';
import { clusterPackages, whyNoCluster } from './requirements.ts';
import { namedContext } from './test-cluster.ts';

/** Makes this machine ready for a cluster, or for the one that was named; says so where neither can be had. */
export async function setUpCluster(say: Say): Promise<void> {
  const search = { env: process.env, say };
  if (namedContext() !== undefined) {
    await findPinned(clusterPrograms.kubectl, search);
    return;
  }
  const why = whyNoCluster();
  if (why !== undefined) {
    say(`${why}: the tests that use one are skipped`);
    return;
  }
  await installPackages(clusterPackages, say);
  for (const program of Object.values(clusterPrograms)) await findPinned(program, search);
}
