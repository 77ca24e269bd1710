import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { temporalAt } from './temporal.ts';

const address = 'temporal.example.com:7233';

test('temporal: only where it is', () => assert.deepEqual(temporalAt(address, {}), { address, namespace: 'default' }));

test('temporal: an API key is sent encrypted', () => {
  const env = { TEMPORAL_NAMESPACE: 'research', TEMPORAL_API_KEY: 'key' };
  assert.deepEqual(temporalAt(address, env), { address, namespace: 'research', tls: {}, apiKey: 'key' });
});

test('temporal: certificates', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'permafrost-temporal-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = (name: string): string => {
    writeFileSync(path.join(folder, name), name);
    return path.join(folder, name);
  };
  const env = {
    TEMPORAL_TLS: 'true',
    TEMPORAL_TLS_SERVER_NAME: 'temporal',
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.crt'),
    TEMPORAL_TLS_CLIENT_CERT_PATH: file('tls.crt'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: file('tls.key'),
  };
  assert.deepEqual(temporalAt(address, env).tls, {
    serverNameOverride: 'temporal',
    serverRootCACertificate: Buffer.from('ca.crt'),
    clientCertPair: { crt: Buffer.from('tls.crt'), key: Buffer.from('tls.key') },
  });
});
