/** The values of the chart `permafrost`. Its values.yaml says what each one means, so this only says what it may be. */
import { z } from 'zod';

const text = z.string();
const texts = z.record(z.string(), z.string());
const port = z.int().min(1).max(65_535);
/** What Kubernetes itself checks. */
const object = z.record(z.string(), z.unknown());
const objects = z.array(object);

const placement = { nodeSelector: texts, tolerations: objects, affinity: object };
const part = {
  replicas: z.int().min(0).max(100),
  serviceAccount: z.strictObject({ annotations: texts }),
  podAnnotations: texts,
  resources: object,
  ...placement,
};

export const permafrostValues = z.strictObject({
  image: z.strictObject({ repository: text.min(1), tag: text, pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']) }),
  imagePullSecrets: z.array(z.strictObject({ name: text.min(1) })),
  crds: z.strictObject({ install: z.boolean(), keep: z.boolean() }),
  temporal: z.strictObject({
    address: text.regex(/^$|^[^:/\s]+:\d+$/),
    namespace: text.min(1),
    tls: z.strictObject({ enabled: z.boolean(), serverName: text, caSecretName: text, clientSecretName: text }),
    apiKeySecretName: text,
    registerSearchAttributes: z.boolean(),
  }),
  s3: z.strictObject({ endpoint: text.regex(/^$|^https?:\/\/\S+$/), region: text.min(1), secretName: text, caConfigMapName: text }),
  trials: z.strictObject({ image: text, s3SecretName: text }),
  controller: z.strictObject(part),
  worker: z.strictObject({
    ...part,
    versioning: z.strictObject({ enabled: z.boolean(), deploymentName: text.min(1), buildId: text }),
  }),
  serviceMonitor: z.strictObject({ enabled: z.boolean(), interval: text.min(1), labels: texts }),
  networkPolicy: z.strictObject({ enabled: z.boolean(), apiServerPorts: z.array(port).min(1) }),
  podDisruptionBudget: z.strictObject({ enabled: z.boolean() }),
  global: object.exactOptional(), // Helm gives it to every chart
});
