/** A door in front of Temporal as companies have one: TLS with a certificate of its own authority, client certificates of that authority, and an API key. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http2, { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { ensureCertificates } from '../tools/cluster/certificates.ts';
import type { Variables } from './system.ts';

export interface TemporalDoor {
  /** By which a program that may do so comes in. */
  readonly variables: Variables;
  /** Calls that were let through. */
  calls(): number;
  close(): Promise<void>;
}

/** gRPC's UNAUTHENTICATED. */
const unauthenticated = '16';

/** @param folder - for the certificates, empty */
export async function openDoor(temporalAddress: string, apiKey: string, folder: string): Promise<TemporalDoor> {
  await ensureCertificates(folder, { server: 'https://localhost', alsoAt: [] });
  const file = (name: string): string => path.join(folder, name);
  const temporal = http2.connect(`http://${temporalAddress}`);
  let calls = 0;
  const server = http2.createSecureServer({
    key: readFileSync(file('kube-apiserver.key')), // a server's, for the name localhost
    cert: readFileSync(file('kube-apiserver.crt')),
    ca: readFileSync(file('ca.crt')),
    requestCert: true,
    rejectUnauthorized: true,
  });
  const sessions = new Set<http2.ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  server.on('sessionError', () => {}); // whoever has no certificate
  server.on('stream', (stream, headers) => {
    if (headers.authorization === `Bearer ${apiKey}`) {
      calls += 1;
      pass(stream, headers, temporal);
    } else refuse(stream);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port

  return {
    variables: {
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_SERVER_NAME: 'localhost',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.crt'),
      TEMPORAL_TLS_CLIENT_CERT_PATH: file('admin.crt'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: file('admin.key'),
      TEMPORAL_API_KEY: apiKey,
    },
    calls: () => calls,
    async close() {
      for (const session of sessions) session.destroy();
      temporal.destroy();
      server.close();
    },
  };
}

function refuse(stream: ServerHttp2Stream): void {
  const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': unauthenticated, 'grpc-message': 'wrong API key' };
  stream.respond(headers, { endStream: true });
}

/** gRPC's status comes in the trailers, after the answer; an error may be headers alone. */
function pass(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, temporal: http2.ClientHttp2Session): void {
  const call = temporal.request({ ...headers, ':authority': 'temporal', ':scheme': 'http' });
  let trailers: IncomingHttpHeaders = {};
  call.once('trailers', (last) => {
    trailers = last;
  });
  call.once('response', (answer, flags) => {
    if ((flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0) return stream.respond(answer, { endStream: true });
    stream.respond(answer, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers(trailers));
    call.pipe(stream);
  });
  stream.pipe(call);
  stream.once('close', () => call.close());
  for (const end of [stream, call]) end.on('error', () => stream.close()); // one of the two has gone away
}
