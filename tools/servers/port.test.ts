import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { findPort } from './port.ts';

const ip = '127.0.0.1';

test('a port is free, and none of those that connections get', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => findPort({ owner: 'nobody', ip, port: 0 })));
  for (const port of ports) {
    assert.ok(port >= 1_024 && port < 32_768, `${port}`);
    const server = net.createServer().listen(port, ip);
    await once(server, 'listening');
    server.close();
  }
});

test('an address of another machine is refused at once, whatever the port', async () => {
  await assert.rejects(findPort({ owner: 'nobody', ip: '192.0.2.1', port: 0 }), {
    message: /192\.0\.2\.1 is not an address of this machine/,
  });
});
