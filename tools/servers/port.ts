import { once } from 'node:events';
import net from 'node:net';
import { promisify } from 'node:util';

/** A server cannot listen where it was told to. */
class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable';
}

export interface WantedPort {
  /** Who wants it: `Temporal`, `the Temporal UI`. */
  readonly owner: string;
  readonly ip: string;
  /** 0 means any free port. */
  readonly port: number;
  /** Command-line flag that changes it, where there is one. */
  readonly flag?: string;
}

/**
 * Free ports are looked for here: below those that systems lend to connections (32768 and up on Linux). One of those could be gone by the time that the
 * server listens, or while it is started again, even to a client that tries to reach it.
 */
const first = 10_000;
const count = 20_000;

/**
 * The port itself once it is known to be free, or a free one for 0. Another program may still take it before the
 * server does: then the server ends, and its log says so.
 * @throws {PortUnavailable} naming the port and the flag that changes it
 */
export async function findPort(wanted: WantedPort): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted.port === 0 ? first + Math.floor(Math.random() * count) : wanted.port;
    try {
      await probe(wanted.ip, port);
      return port;
    } catch (error) {
      const isUsed = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (wanted.port === 0 && isUsed && attempt < 100) continue;
      throw unavailable({ ...wanted, port }, error);
    }
  }
}

/** @throws if nobody can listen there */
async function probe(ip: string, port: number): Promise<void> {
  const server = net.createServer();
  await once(server.listen({ host: ip, port, exclusive: true }), 'listening');
  await promisify(server.close.bind(server))();
}

function unavailable({ owner, ip, port, flag }: WantedPort, error: unknown): PortUnavailable {
  const wayOut = `stop what uses it${flag === undefined ? '' : `, or choose another with ${flag}`}`;
  return new PortUnavailable(`port ${port} for ${owner}: ${reasonOf(error, ip)}; ${wayOut}`, { cause: error });
}

function reasonOf(error: unknown, ip: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return `already in use on ${ip}`;
    case 'EACCES':
      return 'needs rights that this user does not have';
    case 'EADDRNOTAVAIL':
      return `${ip} is not an address of this machine`;
    default:
      return String(error);
  }
}
