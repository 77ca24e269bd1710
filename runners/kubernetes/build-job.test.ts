import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { TrialTemplate } from '../../study/spec.ts';
import type { TrialJob } from '../runner.ts';
import { buildJob, ImageMissing, type PodDefaults } from './build-job.ts';

const defaults: PodDefaults = {
  image: 'permafrost-trainer:1',
  s3: { endpoint: 'http://10.0.0.1:7070', region: 'us-east-1', secretName: 'keys' },
};
const aJob = (template: Partial<TrialTemplate> = {}, rung = 0): TrialJob => ({
  ref: { sweep: { id: 'research.sections.1f3a9c2e', folder: 's3://sweeps/research' }, trial: 42 },
  rung,
  study: 'sections',
  template: { trainer: {}, lingerSeconds: 20, ...template },
});
const built = (template: Partial<TrialTemplate> = {}, rung = 0) =>
  buildJob(aJob(template, rung), 1, 's3://sweeps/research/trials/00042', defaults);
const podOf = (template: Partial<TrialTemplate>, rung = 0) => built(template, rung).spec!.template.spec!;
const trainerOf = (template: Partial<TrialTemplate>) => podOf(template).containers[0]!;

/** Written anew with `UPDATE_GOLDEN=1 node --test runners/kubernetes/build-job.test.ts`; look at the difference. */
function assertGolden(name: string, value: object): void {
  const file = new URL(`golden/${name}.json`, import.meta.url);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${JSON.stringify(value, undefined, 2)}\n`);
  assert.deepEqual(JSON.parse(JSON.stringify(value)), JSON.parse(readFileSync(file, 'utf8')));
}

test('build job: the Job of a sweep that says nothing about its pods', () => assertGolden('plain-job', built()));

test('build job: the Job of a sweep that says everything', () => {
  const template: Partial<TrialTemplate> = {
    image: 'mine:2',
    command: ['python3', 'train.py', '$HOME', '$(date)'],
    resources: { limits: { 'nvidia.com/gpu': 1, memory: '8Gi' } },
    queueName: 'research',
    priorityClassNames: ['low', 'high'],
    serviceAccountName: 'trials',
    activeDeadlineSeconds: 600,
    s3: { secretName: 'my-keys', endpoint: 'https://s3.example.com', region: 'eu-central-1', caConfigMapName: 'our-ca' },
    podTemplate: {
      metadata: { labels: { team: 'nlp', 'permafrost.dev/trial': '7' }, annotations: { note: 'x' } },
      spec: {
        restartPolicy: 'OnFailure',
        terminationGracePeriodSeconds: 120,
        nodeSelector: { pool: 'gpu' },
        tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
        containers: [
          {
            name: 'trainer',
            env: [
              { name: 'PERMAFROST_TRIAL', value: 's3://other' },
              { name: 'HOME', value: '/cache' },
            ],
          },
        ],
        volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '10Gi' } }],
      },
    },
  };
  const owner = { apiVersion: 'permafrost.dev/v1alpha1', kind: 'Sweep', name: 'sections', uid: 'u-1' };
  assertGolden('full-job', buildJob({ ...aJob(template, 2), owner }, 3, 's3://sweeps/research/trials/00042', defaults));
});

test('build job: what identifies a trial cannot be merged away', () => {
  const spec = { restartPolicy: 'Always', containers: [{ name: 'trainer', env: [{ name: 'PERMAFROST_TRIAL', value: 'elsewhere' }] }] };
  const { template } = built({ podTemplate: { metadata: { labels: { 'permafrost.dev/sweep': 'other' } }, spec } }).spec!;
  assert.equal(template.metadata?.labels?.['permafrost.dev/sweep'], 'sections-1f3a9c2e');
  assert.equal(template.spec?.restartPolicy, 'Never');
  assert.deepEqual(
    template.spec?.containers[0]?.env?.filter(({ name }) => name === 'PERMAFROST_TRIAL'),
    [{ name: 'PERMAFROST_TRIAL', value: 's3://sweeps/research/trials/00042' }],
  );
});

test('build job: the priority is that of the rung, and the last one for all above', () => {
  const classes = { priorityClassNames: ['low', 'middle', 'high'] };
  assert.deepEqual(
    [0, 1, 2, 3, 9].map((rung) => podOf(classes, rung).priorityClassName),
    ['low', 'middle', 'high', 'high', 'high'],
  );
});

test('build job: with a queue the Job is suspended and its priority is that of the queue', () => {
  const { metadata, spec } = built({ queueName: 'research', priorityClassNames: ['low'] });
  assert.deepEqual([spec?.suspend, spec?.template.spec?.priorityClassName], [true, undefined]);
  assert.equal(metadata?.labels?.['kueue.x-k8s.io/queue-name'], 'research');
  assert.equal(metadata?.labels?.['kueue.x-k8s.io/priority-class'], 'low');
});

test('build job: a command means the same as on a laptop', () => {
  assert.deepEqual(trainerOf({ command: ['sh', '-c', 'echo $$ $(date) $HOME'] }).command, ['sh', '-c', 'echo $$$$ $$(date) $$HOME']);
});

test('build job: without an image there is no Job', () => {
  assert.throws(() => buildJob(aJob(), 1, 's3://b/t', { s3: {} }), ImageMissing);
});
