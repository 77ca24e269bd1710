import path from 'node:path';

/** Where the files of a cluster or control plane lie. */
export interface Layout {
  readonly folder: string;
  readonly certificates: string;
  readonly config: string;
  /** Requests to the API server, one line of JSON each. */
  readonly auditLog: string;
}

export function layoutOf(folder: string): Layout {
  return {
    folder,
    certificates: path.join(folder, 'certificates'),
    config: path.join(folder, 'config'),
    auditLog: path.join(folder, 'logs', 'audit.log'),
  };
}
