import { writtenSweep } from './builders.ts';

/** A nightly study as a person might write it, with some fields of its spec, and of its template's, replaced; undefined takes a field away. */
export function writtenCronSweep(spec: object = {}, sweep: Readonly<Record<string, unknown>> = {}) {
  return {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'CronSweep',
    metadata: { name: 'nightly' },
    spec: { schedule: '0 2 * * *', sweepTemplate: { spec: writtenSweep(sweep).spec }, ...spec },
  };
}
