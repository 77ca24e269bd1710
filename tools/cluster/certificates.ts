/** Keys and certificates of a cluster, made on the spot. Node can make keys, but no certificates. */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../../trainer/native/command.ts';

/** Who the clients are. The names and groups have their rights from Kubernetes' built-in roles. */
const clients = {
  admin: '/O=system:masters/CN=admin',
  'kube-controller-manager': '/CN=system:kube-controller-manager',
  'kube-scheduler': '/CN=system:kube-scheduler',
  'kube-proxy': '/CN=system:kube-proxy',
  kubelet: '/O=system:nodes/CN=system:node:node-0',
  kwok: '/O=system:masters/CN=kwok',
} as const;

export type ClientName = keyof typeof clients;

const days = '3650';

/** Where the API server is asked. */
export interface ApiServerAddresses {
  /** In kubeconfigs: `https://10.88.0.2:6443`. */
  readonly server: string;
  /** All others that its certificate is for, beside loopback. */
  readonly alsoAt: readonly string[];
}

/** Makes them in this folder, once. `ca.crt`, `sa.pub`, and for each client `<name>.kubeconfig`. */
export async function ensureCertificates(folder: string, { server, alsoAt }: ApiServerAddresses): Promise<void> {
  if (existsSync(path.join(folder, 'done'))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The distribution's own settings would make each certificate one of an authority.
  writeFileSync(path.join(folder, 'openssl.cnf'), '[req]\ndistinguished_name = name\n[name]\n');
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(path.join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(path.join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });

  await certificate(folder, 'ca', '/CN=permafrost-cluster', ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign']);
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key'];
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'localhost'].map((name) => `DNS:${name}`);
  const addresses = ['127.0.0.1', ...alsoAt].map((address) => `IP:${address}`);
  const alternatives = `subjectAltName=${[...names, ...addresses].join(',')}`;
  await certificate(folder, 'kube-apiserver', '/CN=kube-apiserver', ['extendedKeyUsage=serverAuth', alternatives], signed);
  for (const [name, subject] of Object.entries(clients)) {
    await certificate(folder, name, subject, ['extendedKeyUsage=clientAuth'], signed);
    writeFileSync(path.join(folder, `${name}.kubeconfig`), kubeconfig(folder, name as ClientName, server), { mode: 0o600 });
  }
  writeFileSync(path.join(folder, 'done'), '');
}

async function certificate(
  folder: string,
  name: string,
  subject: string,
  extensions: readonly string[],
  signed: readonly string[] = [],
): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  await run({
    doing: `certificate ${name}`,
    program: 'openssl',
    args: ['req', '-config', 'openssl.cnf', '-x509', ...key, '-out', `${name}.crt`, '-days', days, '-subj', subject, ...added, ...signed],
    cwd: folder,
    say: console.error,
  });
}

/** In JSON, which is YAML as well. */
function kubeconfig(folder: string, name: ClientName, server: string): string {
  const base64 = (file: string): string => readFileSync(path.join(folder, file)).toString('base64');
  const cluster = { server, 'certificate-authority-data': base64('ca.crt') };
  const user = { 'client-certificate-data': base64(`${name}.crt`), 'client-key-data': base64(`${name}.key`) };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'permafrost', cluster }],
    users: [{ name, user }],
    contexts: [{ name: 'permafrost', context: { cluster: 'permafrost', user: name } }],
    'current-context': 'permafrost',
  });
}
