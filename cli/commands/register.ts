import { isGrpcServiceError } from '@temporalio/client';
import type { Command } from 'commander';
import { searchAttributes } from '../../workflows/attributes.ts';
import { connectTemporal } from '../connection.ts';
import { CommandFailure, exitCodes } from '../failure.ts';
import { temporalAt } from '../temporal.ts';

export function addRegisterCommand(program: Command): void {
  program
    .command('register')
    .description(
      'Make the search attributes of sweeps known to Temporal at TEMPORAL_ADDRESS; those that are there stay. The Helm chart runs it.',
    )
    .action(register);
}

/** How Temporal's API numbers the types of ours. */
const types = { KEYWORD: 2, INT: 3, DOUBLE: 4 } as const;

async function register(): Promise<void> {
  const address = process.env.TEMPORAL_ADDRESS;
  if (address === undefined) throw new CommandFailure('TEMPORAL_ADDRESS: missing; set it to host:port of Temporal', exitCodes.usage);
  const temporal = temporalAt(address, process.env);
  const { namespace } = temporal;
  const connection = await connectTemporal(temporal);
  try {
    const { customAttributes = {} } = await connection.operatorService.listSearchAttributes({ namespace });
    const wanted = searchAttributes.filter(({ name }) => customAttributes?.[name] === undefined);
    if (wanted.length > 0) {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(wanted.map(({ name, type }) => [name, types[type]])),
      });
    }
    const registered = wanted.map(({ name }) => name).join(', ') || 'nothing to do';
    process.stdout.write(`Search attributes of namespace ${namespace}: ${registered}\n`);
  } catch (error) {
    if (!isGrpcServiceError(error)) throw error;
    throw new CommandFailure(
      `Temporal at ${address} does not take search attributes (${error.details}): register ${searchAttributes.map(({ name }) => name).join(', ')} another way, and set temporal.registerSearchAttributes to false`,
      undefined,
      { cause: error },
    );
  } finally {
    await connection.close();
  }
}
