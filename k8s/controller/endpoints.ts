import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metricsContentType } from './metrics.ts';

export interface EndpointOptions {
  readonly port: number;
  /** Why this process is not ready, if it is not: then it should get no part in a rollout. */
  readonly whyNotReady: () => string | undefined;
  readonly metrics: () => string;
}

export interface Endpoints {
  readonly port: number;
  close(): Promise<void>;
}

/** `/healthz`: the process answers. `/readyz`: it can do its work. `/metrics`: Prometheus' text. */
export async function serveEndpoints({ port, whyNotReady, metrics }: EndpointOptions): Promise<Endpoints> {
  const server = createServer((request, response) => {
    const answer = (code: number, text: string, type = 'text/plain; charset=utf-8'): void =>
      void response.writeHead(code, { 'content-type': type }).end(text);
    switch (new URL(request.url ?? '/', 'http://localhost').pathname) {
      case '/healthz':
        return answer(200, 'ok');
      case '/readyz': {
        const why = whyNotReady();
        return why === undefined ? answer(200, 'ok') : answer(503, why);
      }
      case '/metrics':
        return answer(200, metrics(), metricsContentType);
      default:
        return answer(404, 'there are /healthz, /readyz and /metrics');
    }
  });
  server.listen(port);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port, // it listens on a port, not on a socket's path
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
