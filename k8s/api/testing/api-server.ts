/** The API server as kubectl and Helm ask it: unknown fields are errors. With the server's own words, which a client would make a sentence of. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';

export interface ApiServer {
  /** @param path - below `/apis/permafrost.dev/v1alpha1/namespaces/<namespace>/` */
  ask(method: 'POST' | 'PUT' | 'PATCH' | 'GET', path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly code: number;
  readonly object: Readonly<Record<string, unknown>>;
  /** `spec.numTrials: must be …`, one for each thing that is wrong; none if it was taken. */
  readonly refusals: readonly string[];
}

interface Status {
  readonly message: string;
  readonly details?: { readonly causes?: readonly { readonly field: string; readonly message: string }[] };
}

/** @param kubeconfig - of a control plane for tests: one cluster, one user with a certificate */
export function apiServer(kubeconfig: string, namespace: string): ApiServer {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString();
  const [{ cluster }] = clusters;
  const [{ user }] = users;
  const dispatcher = new Agent({
    connect: {
      ca: decoded(cluster['certificate-authority-data']),
      cert: decoded(user['client-certificate-data']),
      key: decoded(user['client-key-data']),
    },
  });
  return {
    async ask(method, path, body) {
      const url = new URL(`/apis/permafrost.dev/v1alpha1/namespaces/${namespace}/${path}`, cluster.server);
      if (method !== 'GET') url.searchParams.set('fieldValidation', 'Strict');
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const answer = await request(url, {
        method,
        dispatcher,
        headers: { 'content-type': type },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const object = (await answer.body.json()) as Answer['object'];
      return { code: answer.statusCode, object, refusals: answer.statusCode < 300 ? [] : refusalsOf(object as unknown as Status) };
    },
    close: () => dispatcher.close(),
  };
}

/** Sorted, for the server tells them in any order. */
function refusalsOf({ message, details }: Status): readonly string[] {
  const causes = details?.causes ?? [];
  const told = causes.filter(({ message: said }) => !said.includes('some validation rules were not checked'));
  return causes.length === 0 ? [message] : told.map((cause) => `${cause.field}: ${cause.message}`).toSorted();
}
