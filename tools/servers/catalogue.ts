/** Which servers, in which versions: each is pinned by a Go module in `tools/`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A program that is built from a module pinned in this folder. */
export interface GoProgram {
  readonly name: string;
  /** Folder in `tools/` whose go.mod pins it. */
  readonly pinnedIn: string;
  /** Go module that holds it, and the package in it. */
  readonly module: string;
  readonly package: string;
  /** Go variables that the build sets, by the version of the module. */
  readonly stamps: (version: string) => Readonly<Record<string, string>>;
  /** What a build takes, told before it starts. */
  readonly buildTakes: string;
}

/** One that may also be there already. */
export interface ServerBinary extends GoProgram {
  /** Names the program to use, whatever its version. */
  readonly variable: string;
  /** Finds the version in what `--version` prints. */
  readonly printedVersion: RegExp;
}

export const temporal: ServerBinary = {
  name: 'temporal',
  variable: 'PERMAFROST_TEMPORAL',
  pinnedIn: 'temporal',
  module: 'github.com/temporalio/cli',
  package: 'cmd/temporal',
  stamps: (version) => ({ 'github.com/temporalio/cli/internal/temporalcli.Version': version }),
  printedVersion: /temporal version (\S+)/,
  buildTakes: '5 to 10 minutes on 2 cores, 300 MB to download, 3 GB on disk until go clean -cache -modcache',
};

export const versitygw: ServerBinary = {
  name: 'versitygw',
  variable: 'PERMAFROST_VERSITYGW',
  pinnedIn: 'versitygw',
  module: 'github.com/versity/versitygw',
  package: 'cmd/versitygw',
  stamps: (version) => ({ 'main.Version': version }),
  printedVersion: /Version\s*: v?(\S+)/,
  buildTakes: 'about a minute on 2 cores',
};

/**
 * The programs of the test cluster. None is looked for on `PATH`: the parts of a cluster belong together in one version.
 * The first one built compiles most of what the others share.
 */
export const clusterPrograms = {
  'kube-apiserver': kubernetes('kube-apiserver', '4 minutes on 2 cores, 400 MB to download, 4 GB on disk until go clean -cache -modcache'),
  'kube-controller-manager': kubernetes('kube-controller-manager', 'about a minute'),
  'kube-scheduler': kubernetes('kube-scheduler', 'half a minute'),
  'kube-proxy': kubernetes('kube-proxy', 'half a minute'),
  kubelet: kubernetes('kubelet', 'about a minute'),
  kubectl: kubernetes('kubectl', 'about a minute'),
  etcd: {
    name: 'etcd',
    pinnedIn: 'kubernetes',
    module: 'go.etcd.io/etcd/server/v3',
    package: '',
    stamps: () => ({}), // its version is in its source
    buildTakes: 'half a minute',
  },
  kwok: {
    name: 'kwok',
    pinnedIn: 'kwok',
    module: 'sigs.k8s.io/kwok',
    package: 'cmd/kwok',
    stamps: (version) => ({ 'sigs.k8s.io/kwok/pkg/consts.Version': version }),
    buildTakes: 'one to two minutes',
  },
} as const satisfies Readonly<Record<string, GoProgram>>;

/** Those with which charts are tested: what people have is one of the two. */
export const helms = {
  4: {
    name: 'helm',
    pinnedIn: 'helm',
    module: 'helm.sh/helm/v4',
    package: 'cmd/helm',
    stamps: (version) => ({ 'helm.sh/helm/v4/internal/version.version': `v${version}` }),
    buildTakes: 'two minutes',
  },
  3: {
    name: 'helm3',
    pinnedIn: 'helm3',
    module: 'helm.sh/helm/v3',
    package: 'cmd/helm',
    stamps: (version) => ({ 'helm.sh/helm/v3/internal/version.version': `v${version}` }),
    buildTakes: 'two minutes',
  },
} as const satisfies Readonly<Record<number, GoProgram>>;

function kubernetes(name: string, buildTakes: string): GoProgram {
  return { name, pinnedIn: 'kubernetes', module: 'k8s.io/kubernetes', package: `cmd/${name}`, stamps: kubernetesStamps, buildTakes };
}

/** Without them it calls itself v0.0.0-master, which clients take for too old. */
function kubernetesStamps(version: string): Readonly<Record<string, string>> {
  const [major = '', minor = ''] = version.split('.');
  const stamped = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.fromEntries(Object.entries(stamped).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]));
}

export const moduleFolder = ({ pinnedIn }: GoProgram): string => path.join(import.meta.dirname, '..', pinnedIn);

export function pinnedVersion(program: GoProgram): string {
  const file = path.join(moduleFolder(program), 'go.mod');
  const version = new RegExp(`\\s${program.module} v(\\S+)`).exec(readFileSync(file, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${file}: requires no ${program.module}`);
  return version;
}
