import { readFileSync } from 'node:fs';

/** What a worker has asked of the API server in a namespace. */
export interface Requests {
  readonly total: number;
  /** `create jobs` → how often. */
  readonly byKind: Readonly<Record<string, number>>;
}

interface AuditEvent {
  readonly auditID: string;
  readonly verb: string;
  readonly userAgent?: string;
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string; readonly namespace?: string };
}

/** By its user agent in the audit log. */
export function requestsIn(auditLog: string, namespace: string): Requests {
  const lines = readFileSync(auditLog, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"userAgent":"permafrost"'))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ objectRef }) => objectRef?.namespace === namespace);
  const events = [...new Map(lines.map((event) => [event.auditID, event])).values()]; // one that lasts has a line for its start and one for its end
  const byKind: Record<string, number> = {};
  for (const { verb, objectRef } of events) {
    const kind = [verb, [objectRef?.resource, objectRef?.subresource].filter(Boolean).join('/')].join(' ');
    byKind[kind] = (byKind[kind] ?? 0) + 1;
  }
  return { total: events.length, byKind };
}
