import type { Stored } from '../client/resource.ts';
import { type OwnObject, ownResource } from './own-object.ts';
import type { SweepStatus } from './sweep-status.ts';

export type SweepObject = OwnObject<SweepStatus>;

export const sweeps = ownResource<SweepStatus>('sweeps');

/** `<namespace>.<name>.<uid8>`: the sweep that an object stands for. Another object of the same name is another sweep. */
export function sweepIdOf({ namespace, name, uid }: Stored<SweepObject>['metadata']): string {
  return `${namespace}.${name}.${uid.slice(0, 8)}`;
}
