import type { Readable } from 'node:stream';
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { request } from 'undici';
import { ApiError, apiError, ClusterUnreachable } from './errors.ts';
import { gate } from './gate.ts';
import { type ClusterChoice, loadKubeConfig, type PooledKubeConfig } from './kubeconfig.ts';
import { patiently } from './patience.ts';
import { pods, type Resource, type Stored } from './resource.ts';
import { lines } from './text-lines.ts';

export interface ClusterOptions {
  readonly cluster: ClusterChoice;
  readonly namespace: string;
  /** How long a request is tried again while the server does not answer. */
  readonly patienceSeconds: number;
  /** How long one try may take to be answered. */
  readonly answerSeconds?: number;
  /** Hears of every request that was sent, each try of it. */
  readonly onRequest?: (request: SentRequest) => void;
}

export interface SentRequest {
  readonly method: string;
  /** `host:port` */
  readonly host: string;
  /** HTTP status, or `<error>` when none came. */
  readonly code: string;
}

interface Page<T> {
  readonly items: readonly Stored<T>[];
  /** From which a watch goes on. */
  readonly resourceVersion: string;
  /** Asks for the next page; absent on the last one. */
  readonly next?: string;
}

type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Stored<T> }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly next?: string;
}

interface WatchOptions {
  readonly labelSelector: string;
  readonly resourceVersion: string;
  /** After which the server ends the stream, so that clients spread over its instances. */
  readonly timeoutSeconds: number;
  /** Without a byte for so long the connection counts as dead. Bookmarks come about once a minute. */
  readonly silenceSeconds: number;
  readonly signal: AbortSignal;
}

interface LogOptions {
  readonly container: string;
  /** Lines from the end. */
  readonly tailLines: number;
  readonly signal: AbortSignal;
}

/**
 * One namespace of one cluster, and the verbs that we use there. Each request has a time limit and is tried again while that is of use. Methods
 * throw ApiError (the server's own words) and ClusterUnreachable.
 */
export interface Cluster {
  /** For messages: `https://… (context research)` */
  readonly description: string;
  readonly namespace: string;
  /** `create` of a name that is there throws an ApiError for which `isAlreadyThere` holds. */
  create<T extends object>(resource: Resource<T>, object: T): Promise<Stored<T>>;
  get<T>(resource: Resource<T>, name: string): Promise<Stored<T>>;
  list<T>(resource: Resource<T>, options: ListOptions): Promise<Page<T>>;
  /** Server-side apply: creates the object, or makes the fields that it names ours. */
  apply<T extends object>(resource: Resource<T>, object: T): Promise<Stored<T>>;
  /** The same for the object's status, and nothing else of it. The object must be there. */
  applyStatus<T extends object>(resource: Resource<T>, object: T): Promise<Stored<T>>;
  /** Merges these fields into the object (RFC 7386). With a `metadata.resourceVersion`, one for which `isConflict` holds is thrown if it has changed. */
  patch<T>(resource: Resource<T>, name: string, fields: object): Promise<Stored<T>>;
  /** The whole object anew; `isConflict` as for `patch`. */
  replace<T extends object>(resource: Resource<T>, object: T): Promise<Stored<T>>;
  /** What it owns is collected after it. Nothing there is fine. */
  remove<T>(resource: Resource<T>, name: string): Promise<void>;
  removeAll<T>(resource: Resource<T>, labelSelector: string): Promise<void>;
  /** Changes from a version on, in order, until the server ends the stream; resolves when it has begun. Not tried again: the caller knows where to go on. */
  watch<T>(resource: Resource<T>, options: WatchOptions): Promise<AsyncIterable<WatchEvent<T>>>;
  /** What a container printed, and goes on to print until it ends. */
  log(pod: string, options: LogOptions): Promise<Readable>;
  close(): Promise<void>;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /** Between two pieces of the answer. */
  readonly silenceMs?: number;
}

const fieldManager = 'permafrost';

/** @throws {ContextNotFound} */
export function connectCluster({ cluster: choice, namespace, patienceSeconds, answerSeconds = 30, onRequest }: ClusterOptions): Cluster {
  let config = loadKubeConfig(choice);
  const { server } = config.getCurrentCluster()!; // a loaded configuration has one
  const description = choice.kind === 'inCluster' ? `${server} (this cluster)` : `${server} (context ${choice.context})`;
  const patience = { seconds: patienceSeconds };
  const requests = gate(16);

  const reached = async <T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ApiError) throw error;
      signal?.throwIfAborted();
      throw new ClusterUnreachable(`the cluster at ${description} does not answer: ${wordsOf(error)}`, { cause: error });
    }
  };

  const sent = async (call: LimitedCall) => {
    const request = { method: call.method, host: new URL(server).host };
    try {
      const answer = await send(config, server, call);
      onRequest?.({ ...request, code: `${answer.statusCode}` });
      return answer;
    } catch (error) {
      onRequest?.({ ...request, code: '<error>' });
      throw error;
    }
  };

  /** The answer's stream, once the server has agreed. When it refuses who we are, that is read again, once: a token may have been renewed. */
  const agreed = async (call: Call): Promise<Readable> => {
    const limited = { silenceMs: answerSeconds * 1_000, ...call, answerMs: answerSeconds * 1_000 };
    let answer = await sent(limited);
    if (answer.statusCode === 401) {
      await answer.body.dump();
      config = loadKubeConfig(choice); // requests under way go on over the connections of the one before
      answer = await sent(limited);
    }
    if (answer.statusCode < 300) return answer.body;
    const retryAfter = answer.headers['retry-after'];
    throw apiError(`${call.method} ${call.path}`, answer.statusCode, await answer.body.text(), retryAfter?.toString());
  };

  const json = (call: Call): Promise<unknown> =>
    patiently(patience, call.signal, () =>
      requests(() => reached(call.signal, async () => JSON.parse(Buffer.concat(await (await agreed(call)).toArray()).toString('utf8')))),
    );

  const at = <T>({ apiVersion, plural }: Resource<T>, name = ''): string =>
    `${apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`}/namespaces/${namespace}/${plural}${name === '' ? '' : `/${name}`}`;

  const applied = async <T>(resource: Resource<T>, object: object, path: string): Promise<Stored<T>> => {
    const query = { fieldManager, force: true };
    const contentType = 'application/apply-patch+yaml'; // JSON is YAML
    return resource.read(await json({ method: 'PATCH', path, query, body: object, contentType }));
  };

  return {
    description,
    namespace,
    async create(resource, object) {
      return resource.read(await json({ method: 'POST', path: at(resource), query: { fieldManager }, body: object }));
    },
    async get(resource, name) {
      return resource.read(await json({ method: 'GET', path: at(resource, name) }));
    },
    async list(resource, { next, ...options }) {
      const page = (await json({ method: 'GET', path: at(resource), query: { ...options, continue: next } })) as ListBody;
      return {
        items: page.items.map(resource.read),
        resourceVersion: page.metadata.resourceVersion,
        ...(page.metadata.continue && { next: page.metadata.continue }),
      };
    },
    apply: (resource, object) => applied(resource, object, at(resource, nameIn(object))),
    applyStatus: (resource, object) => applied(resource, object, `${at(resource, nameIn(object))}/status`),
    async patch(resource, name, fields) {
      const contentType = 'application/merge-patch+json';
      return resource.read(await json({ method: 'PATCH', path: at(resource, name), query: { fieldManager }, body: fields, contentType }));
    },
    async replace(resource, object) {
      return resource.read(await json({ method: 'PUT', path: at(resource, nameIn(object)), query: { fieldManager }, body: object }));
    },
    async remove(resource, name) {
      try {
        await json({ method: 'DELETE', path: at(resource, name), query: { propagationPolicy: 'Background' } });
      } catch (error) {
        if (!(error instanceof ApiError && error.code === 404)) throw error;
      }
    },
    async removeAll(resource, labelSelector) {
      await json({ method: 'DELETE', path: at(resource), query: { labelSelector, propagationPolicy: 'Background' } });
    },
    async watch(resource, { silenceSeconds, signal, ...options }) {
      const query = { ...options, watch: true, allowWatchBookmarks: true };
      const call = { method: 'GET', path: at(resource), query, signal, silenceMs: silenceSeconds * 1_000 } as const;
      const stream = lines(await reached(signal, () => agreed(call)));
      return (async function* () {
        for (;;) {
          const { done, value } = await reached(signal, () => stream.next());
          if (done) return;
          yield watchEvent(resource, value);
        }
      })();
    },
    log: (pod, { container, tailLines, signal }) =>
      patiently(patience, signal, () =>
        reached(signal, () =>
          agreed({
            method: 'GET',
            path: `${at(pods, pod)}/log`,
            query: { container, tailLines, follow: true },
            signal,
            silenceMs: 0, // a container may be silent for hours
          }),
        ),
      ),
    close: () => config.close(),
  };
}

const nameIn = (object: object): string => (object as { metadata?: { name?: string } }).metadata?.name ?? '';

type LimitedCall = Call & { readonly silenceMs: number; readonly answerMs: number };

interface ListBody {
  readonly items: readonly unknown[];
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
}

async function send(
  config: PooledKubeConfig,
  server: string,
  { method, path, query = {}, body, contentType, signal, silenceMs, answerMs }: LimitedCall,
) {
  const url = new URL(server.replace(/\/+$/, '') + path);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  const context = new RequestContext(url.href, HttpMethod.GET);
  await config.applySecurityAuthentication(context);
  return request(url, {
    method,
    headers: {
      ...context.getHeaders(),
      accept: 'application/json',
      'user-agent': 'permafrost',
      ...(body && { 'content-type': contentType ?? 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    dispatcher: context.getDispatcher()!, // set by our configuration
    headersTimeout: answerMs,
    bodyTimeout: silenceMs,
    ...(signal && { signal }),
  });
}

function watchEvent<T>(resource: Resource<T>, line: string): WatchEvent<T> {
  const { type, object } = JSON.parse(line) as { type: WatchEvent<T>['type'] | 'ERROR'; object: ErrorStatus };
  if (type === 'ERROR') throw apiError(`watch of ${resource.plural}`, object.code ?? 500, JSON.stringify(object), undefined);
  if (type === 'BOOKMARK') return { type, resourceVersion: object.metadata.resourceVersion };
  return { type, object: resource.read(object) };
}

interface ErrorStatus {
  readonly code?: number;
  readonly metadata: { readonly resourceVersion: string };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  return error.message || code || error.name;
}
