/** Which servers, in which versions: each is pinned by the Go module in `tools/<name>`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface ServerBinary {
  readonly name: string;
  /** Names the program to use, whatever its version. */
  readonly variable: string;
  /** Go module that holds it, and the package in it. The version is the one in `tools/<name>/go.mod`. */
  readonly module: string;
  readonly package: string;
  /** Go variable that the program prints as its version. */
  readonly versionVariable: string;
  /** Finds the version in what `--version` prints. */
  readonly printedVersion: RegExp;
  /** What a build takes, told before it starts. */
  readonly buildTakes: string;
}

export const temporal: ServerBinary = {
  name: 'temporal',
  variable: 'PERMAFROST_TEMPORAL',
  module: 'github.com/temporalio/cli',
  package: 'cmd/temporal',
  versionVariable: 'github.com/temporalio/cli/internal/temporalcli.Version',
  printedVersion: /temporal version (\S+)/,
  buildTakes: '5 to 10 minutes on 2 cores, 300 MB to download, 3 GB on disk until go clean -cache -modcache',
};

export const versitygw: ServerBinary = {
  name: 'versitygw',
  variable: 'PERMAFROST_VERSITYGW',
  module: 'github.com/versity/versitygw',
  package: 'cmd/versitygw',
  versionVariable: 'main.Version',
  printedVersion: /Version\s*: v?(\S+)/,
  buildTakes: 'about a minute on 2 cores',
};

export const moduleFolder = ({ name }: ServerBinary): string => path.join(import.meta.dirname, '..', name);

export function pinnedVersion(binary: ServerBinary): string {
  const file = path.join(moduleFolder(binary), 'go.mod');
  const version = new RegExp(`${binary.module} v(\\S+)`).exec(readFileSync(file, 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${file}: requires no ${binary.module}`);
  return version;
}
