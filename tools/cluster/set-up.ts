import type { Say } from '../../trainer/native/command.ts';
import { installPackages } from '../debian-packages.ts';
import { findPinned } from '../servers/binaries.ts';
import { clusterPrograms, helms } from '../servers/catalogue.ts';
import { clusterPackages, whyNoCluster } from './requirements.ts';
import { namedContext } from './test-cluster.ts';
import { controlPlanePackages, controlPlanePrograms, whyNoControlPlane } from './test-control-plane.ts';

/** Makes this machine ready for a control plane and for a cluster, or for the one that was named; says so where one cannot be had. */
export async function setUpCluster(say: Say): Promise<void> {
  await setUpControlPlane(say);
  if (namedContext() === undefined) await setUpOwnCluster(say);
}

async function setUpControlPlane(say: Say): Promise<void> {
  const why = whyNoControlPlane();
  if (why === false) await installPackages(controlPlanePackages, say);
  else say(`${why}: the tests that use one are skipped`);
  const programs = why === false ? controlPlanePrograms : (['kubectl'] as const); // also asks a cluster that was named
  for (const program of programs) await findPinned(clusterPrograms[program], { env: process.env, say });
  for (const helm of Object.values(helms)) await findPinned(helm, { env: process.env, say });
}

async function setUpOwnCluster(say: Say): Promise<void> {
  const why = whyNoCluster();
  if (why !== undefined) {
    say(`${why}: the tests that use one are skipped`);
    return;
  }
  await installPackages(clusterPackages, say);
  for (const program of Object.values(clusterPrograms)) await findPinned(program, { env: process.env, say });
}
