import type { TrialRef } from '../runner.ts';

/** Everything of ours in a cluster has it. */
export const ownLabel = 'app.kubernetes.io/managed-by=permafrost';
export const labelNames = {
  managedBy: 'app.kubernetes.io/managed-by',
  study: 'permafrost.dev/study',
  sweep: 'permafrost.dev/sweep',
  trial: 'permafrost.dev/trial',
  rung: 'permafrost.dev/rung',
  queue: 'kueue.x-k8s.io/queue-name',
  queuePriority: 'kueue.x-k8s.io/priority-class',
} as const;
/** The whole id, which a label may be too short for. */
export const sweepAnnotation = 'permafrost.dev/sweep-id';

/**
 * `<name>-<uid8>` of a sweep's id, the name cut so that a Job's name stays below 63 characters.
 * @param id - `<namespace>.<name>.<uid8>`
 */
export function sweepKey(id: string): string {
  const [, name = id, uid = ''] = id.split('.');
  return [name.slice(0, 40).replace(/-+$/, ''), uid].filter((part) => part !== '').join('-');
}

/** The same for all workers, so that of two that start a trial at once one finds the Job of the other. */
export function jobName({ sweep, trial }: TrialRef, attempt: number): string {
  return `${sweepKey(sweep.id)}-${String(trial).padStart(5, '0')}-${attempt}`;
}

export function trialLabels({ sweep, trial }: TrialRef): Readonly<Record<string, string>> {
  return { [labelNames.sweep]: sweepKey(sweep.id), [labelNames.trial]: String(trial) };
}

export function trialSelector(ref: TrialRef): string {
  return selectorOf(trialLabels(ref));
}

/** The selector of the trial that an object with these labels belongs to. */
export function selectorOf(labels: Readonly<Record<string, string>>): string {
  return [labelNames.sweep, labelNames.trial].map((name) => `${name}=${labels[name]}`).join(',');
}

/** Any text as a label's value: what may not be in one becomes a dash. */
export function labelValue(text: string): string {
  return text
    .replace(/[^A-Za-z0-9_.-]/g, '-')
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
}
