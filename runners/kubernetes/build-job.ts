import type { V1Container, V1EnvVar, V1Job, V1PodSpec, V1PodTemplateSpec, V1ResourceRequirements } from '@kubernetes/client-node';
import type { TrialTemplate } from '../../study/spec.ts';
import { exitCode } from '../../study/trial.ts';
import type { TrialJob } from '../runner.ts';
import { merged } from './merge.ts';
import { jobName, labelNames, labelValue, sweepAnnotation, trialLabels } from './names.ts';

/** What a worker gives to all its pods, where a sweep does not say otherwise. */
export interface PodDefaults {
  readonly image?: string;
  readonly s3: { readonly endpoint?: string; readonly region?: string; readonly secretName?: string };
}

/** There is nothing to run a pod from. */
export class ImageMissing extends Error {
  override readonly name = 'ImageMissing';
  constructor() {
    super('spec.trialTemplate.image: missing; a trial on a cluster needs an image: set it, or start the worker with --image');
  }
}

export const containerName = 'trainer';
/** Ours on no machine; an image that names a user need not know it. */
const user = 10_001;
/** Only what no worker has looked after is left so long: a Job is removed once its end was heard of. */
const ttlSeconds = 86_400;
const caFolder = '/etc/permafrost/ca';

/**
 * The Job of one leg of a trial: one pod at a time, replaced after a disruption and never after a failure, which the sweep counts and decides on.
 * Labels, `restartPolicy` and PERMAFROST_TRIAL are ours; all else in the pod is merged with `podTemplate` on top.
 * @param trialAddress - `s3://…/trials/00042`
 * @throws {ImageMissing}
 */
export function buildJob(job: TrialJob, attempt: number, trialAddress: string, defaults: PodDefaults): V1Job {
  const { ref, study, rung, template, owner } = job;
  const labels = {
    [labelNames.managedBy]: 'permafrost',
    [labelNames.study]: labelValue(study),
    ...trialLabels(ref),
    [labelNames.rung]: String(rung),
  };
  const priority = template.priorityClassNames?.[Math.min(rung, template.priorityClassNames.length - 1)];
  const queue = template.queueName;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(ref, attempt),
      labels: { ...labels, ...(queue && { [labelNames.queue]: queue, ...(priority && { [labelNames.queuePriority]: priority }) }) },
      annotations: { [sweepAnnotation]: ref.sweep.id },
      // Without blockOwnerDeletion: that asks for a right on the owner's finalizers where owners are guarded (OpenShift), and the Sweep waits for its Jobs anyway.
      ...(owner && { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: {
      ...(queue && { suspend: true }), // the queue starts it; without Kueue's webhook nothing must start by itself
      backoffLimit: 0,
      podReplacementPolicy: 'Failed', // never two pods on one checkpoint
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'FailJob', onExitCodes: { containerName, operator: 'In', values: [...neverRetried] } },
        ],
      },
      ttlSecondsAfterFinished: ttlSeconds,
      template: podTemplate(template, trialAddress, labels, queue === undefined ? priority : undefined, defaults),
    },
  };
}

const neverRetried = [exitCode.badConfiguration, exitCode.badData, exitCode.inputNotFound];

function podTemplate(
  template: TrialTemplate,
  trialAddress: string,
  labels: Readonly<Record<string, string>>,
  priorityClassName: string | undefined,
  defaults: PodDefaults,
): V1PodTemplateSpec {
  const image = template.image ?? defaults.image;
  if (image === undefined) throw new ImageMissing();
  const ca = template.s3?.caConfigMapName;
  const ours: V1PodTemplateSpec = {
    metadata: { labels: { ...labels } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false, // a trainer talks to S3 only
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 30,
      ...(template.serviceAccountName && { serviceAccountName: template.serviceAccountName }),
      ...(priorityClassName && { priorityClassName }),
      ...(template.activeDeadlineSeconds && { activeDeadlineSeconds: template.activeDeadlineSeconds }), // of the pod, as a Job's would count the time in a queue
      securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [container(template, image, defaults)],
      volumes: [
        { name: 'tmp', emptyDir: {} },
        { name: 'cache', emptyDir: {} },
        { name: 'shm', emptyDir: { medium: 'Memory' } },
        ...(ca === undefined ? [] : [{ name: 'ca', configMap: { name: ca } }]),
      ],
    },
  };
  const result = merged(ours, template.podTemplate ?? {});
  return {
    ...result,
    metadata: { ...result.metadata, labels: { ...result.metadata?.labels, ...labels } },
    spec: { ...withTrialAddress(result.spec!, trialAddress), restartPolicy: 'Never' },
  };
}

function container({ command, resources, s3 = {} }: TrialTemplate, image: string, defaults: PodDefaults): V1Container {
  const secretName = s3.secretName ?? defaults.s3.secretName;
  return {
    name: containerName,
    image,
    ...(command && { command: command.map(literal) }), // else the image's own, which is the built-in trainer in ours
    env: environment(s3, defaults),
    ...(secretName && { envFrom: [{ secretRef: { name: secretName } }] }),
    ...(resources && { resources: resources as V1ResourceRequirements }), // its type leaves out that quantities may be whole numbers
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'cache', mountPath: '/cache' },
      { name: 'shm', mountPath: '/dev/shm' },
      ...(s3.caConfigMapName === undefined ? [] : [{ name: 'ca', mountPath: caFolder, readOnly: true }]),
    ],
  };
}

/** Kubernetes would put variables in for `$(NAME)`; the same sweep must mean the same on every runner. */
const literal = (text: string): string => text.replaceAll('$', '$$$$');

function environment(s3: NonNullable<TrialTemplate['s3']>, defaults: PodDefaults): V1EnvVar[] {
  const endpoint = s3.endpoint ?? defaults.s3.endpoint;
  const region = s3.region ?? defaults.s3.region;
  const cores = { resourceFieldRef: { containerName, resource: 'limits.cpu', divisor: '1' } }; // rounded up; all of the node's without a limit
  return [
    { name: 'HOME', value: '/tmp' },
    { name: 'XDG_CACHE_HOME', value: '/cache' },
    { name: 'OMP_NUM_THREADS', valueFrom: cores },
    { name: 'TF_NUM_INTRAOP_THREADS', valueFrom: cores },
    ...(endpoint === undefined ? [] : [{ name: 'AWS_ENDPOINT_URL', value: endpoint }]),
    ...(region === undefined ? [] : [{ name: 'AWS_REGION', value: region }]),
    ...(s3.caConfigMapName === undefined
      ? []
      : [
          { name: 'AWS_CA_BUNDLE', value: `${caFolder}/ca.crt` },
          { name: 'NODE_EXTRA_CA_CERTS', value: `${caFolder}/ca.crt` },
        ]),
  ];
}

function withTrialAddress(spec: V1PodSpec, value: string): V1PodSpec {
  const address = { name: 'PERMAFROST_TRIAL', value };
  const containers = spec.containers.map((one) =>
    one.name === containerName ? { ...one, env: [...(one.env ?? []).filter(({ name }) => name !== address.name), address] } : one,
  );
  return { ...spec, containers };
}
