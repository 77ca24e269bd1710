/** The addresses of one cluster: a block of private ones that nothing else on this machine uses. */
import { networkInterfaces } from 'node:os';
import { command } from './command.ts';

export interface Network {
  /** Second number of the block 10.<block>.0.0/16. */
  readonly block: number;
  readonly all: string;
  /** This machine, as pods see it. */
  readonly hostAddress: string;
  /** The cluster's node, with the API server. */
  readonly nodeAddress: string;
  readonly pods: string;
  readonly services: string;
  /** Of the service `kubernetes`: the first of them. */
  readonly apiService: string;
}

export function networkOf(block: number): Network {
  const start = `10.${block}`;
  return {
    block,
    all: `${start}.0.0/16`,
    hostAddress: `${start}.0.1`,
    nodeAddress: `${start}.0.2`,
    pods: `${start}.64.0/18`,
    services: `${start}.128.0/20`,
    apiService: `${start}.128.1`,
  };
}

/** Names of the two ends of the line between this machine and the cluster's. */
const interfacesOf = ({ block }: Network): { readonly here: string; readonly there: string } => ({
  here: `permafrost${block}`,
  there: `permafrost${block}n`,
});

const firstBlock = 88;
const lastBlock = 187;

/**
 * Finds a free block and makes the line to the cluster of this folder, of which the cluster's end is still loose. As no
 * two interfaces can have one name, two clusters never get the same block.
 * @throws if there is none left
 */
export async function reserveNetwork(folder: string): Promise<Network> {
  const used = await usedBlocks();
  for (let block = firstBlock; block <= lastBlock; block += 1) {
    if (!used.has(block) && (await makeLine(networkOf(block), folder))) return networkOf(block);
  }
  throw new Error(`no free block of addresses for a cluster from 10.${firstBlock}.0.0/16 to 10.${lastBlock}.0.0/16`);
}

/** The same for a block that the cluster had before. @throws if another one has it now */
export async function reserveAgain(network: Network, folder: string): Promise<void> {
  await removeLine(network, folder);
  if (!(await makeLine(network, folder))) {
    throw new Error(`${folder}: another cluster has its addresses ${network.all} now; take this one down, then up again`);
  }
}

async function makeLine(network: Network, folder: string): Promise<boolean> {
  const { here, there } = interfacesOf(network);
  try {
    await command('ip', 'link', 'add', here, 'type', 'veth', 'peer', 'name', there);
  } catch (error) {
    if (String(error).includes('File exists')) return false;
    throw error;
  }
  await command('ip', 'link', 'set', here, 'alias', folder);
  return true;
}

/** Gives the cluster's end to its first process, and this machine the way to the cluster's pods and services. */
export async function connect(network: Network, init: number): Promise<void> {
  const { here, there } = interfacesOf(network);
  const inside = (...args: readonly string[]): Promise<string> => command('nsenter', '--target', `${init}`, '--net', 'ip', ...args);
  await command('ip', 'link', 'set', there, 'netns', `${init}`, 'name', 'eth0');
  await command('ip', 'address', 'add', `${network.hostAddress}/30`, 'dev', here);
  await command('ip', 'link', 'set', here, 'up');
  await inside('address', 'add', `${network.nodeAddress}/30`, 'dev', 'eth0');
  await inside('link', 'set', 'eth0', 'up');
  await inside('route', 'add', 'default', 'via', network.hostAddress);
  await command('ip', 'route', 'add', network.all, 'via', network.nodeAddress);
}

/** Takes the line away if it is still the one of this folder. It also goes by itself with the cluster's end, at any moment. */
export async function removeLine(network: Network, folder: string): Promise<void> {
  if (!(await isOurs(network, folder))) return;
  try {
    await command('ip', 'link', 'delete', interfacesOf(network).here);
  } catch (error) {
    if (await isOurs(network, folder)) throw error; // else it went while we asked, which `ip` tells in several ways
  }
}

/** Whether a cluster has these addresses, whichever it is. */
export const isInUse = async (network: Network): Promise<boolean> => (await findLine(network)) !== undefined;

const isOurs = async (network: Network, folder: string): Promise<boolean> => (await findLine(network))?.ifalias === folder;

interface Link {
  readonly ifname: string;
  readonly ifalias?: string;
}

async function findLine(network: Network): Promise<Link | undefined> {
  const { here } = interfacesOf(network);
  const links = JSON.parse(await command('ip', '-json', 'link')) as readonly Link[];
  return links.find(({ ifname }) => ifname === here);
}

/** Blocks that an address or a route of this machine touches. */
async function usedBlocks(): Promise<ReadonlySet<number>> {
  const routes = await command('ip', '-4', 'route', 'show', 'table', 'all');
  const addresses = Object.values(networkInterfaces()).flatMap((own) => (own ?? []).map(({ address }) => address));
  return new Set([...addresses, ...routes.split(/\s+/)].flatMap((text) => /^10\.(\d+)\./.exec(text)?.slice(1).map(Number) ?? []));
}
