import { once } from 'node:events';
import net from 'node:net';

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
 * The port itself once it is known to be free, or a free one for 0. Another program may still take it before the
 * server does: then the server ends, and its log says so.
 * @throws {PortUnavailable} naming the port and the flag that changes it
 */
export async function findPort({ owner, ip, port, flag }: WantedPort): Promise<number> {
  const probe = net.createServer();
  try {
    await once(probe.listen({ host: ip, port, exclusive: true }), 'listening');
    return (probe.address() as net.AddressInfo).port; // not a pipe, so never a string
  } catch (error) {
    throw new PortUnavailable(
      `port ${port} for ${owner}: ${reasonOf(error, ip)}; stop what uses it${flag === undefined ? '' : `, or choose another with ${flag}`}`,
      {
        cause: error,
      },
    );
  } finally {
    probe.close();
  }
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
