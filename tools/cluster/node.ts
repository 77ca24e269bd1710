/** Settings of what runs on the cluster's node: containerd, the pod network, kubelet and kube-proxy. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Network } from './network.ts';

export const nodeName = 'node-0';

/** Small image with a shell, for pods of tests; it also holds each pod's namespaces. */
export const busyboxImage = 'localhost/permafrost/busybox:1';

const containerdSocket = '/run/containerd/containerd.sock'; // inside the cluster's machine

/** Parent of all its pods' control groups. */
export const cgroupOf = ({ block }: Network): string => `permafrost${block}`;

/** Writes the files that the programs of the node read into this folder. */
export function writeNodeConfig(folder: string, certificates: string, network: Network): void {
  const podNetwork = path.join(folder, 'pod-network');
  mkdirSync(podNetwork, { recursive: true });
  copyFileSync('/etc/resolv.conf', path.join(folder, 'resolv.conf')); // often a link to somewhere in /run, which is not the same inside
  writeJson(path.join(podNetwork, '10-pods.conflist'), {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pods0',
        isGateway: true,
        ipMasq: false,
        ipam: { type: 'host-local', ranges: [[{ subnet: network.pods }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  });
  writeFileSync(path.join(folder, 'containerd.toml'), containerdConfig(folder, podNetwork));
  // JSON is YAML as well.
  writeJson(path.join(folder, 'kubelet.yaml'), {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      x509: { clientCAFile: path.join(certificates, 'ca.crt') },
      webhook: { enabled: true },
      anonymous: { enabled: false },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    resolvConf: path.join(folder, 'resolv.conf'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupOf(network)}`,
    enforceNodeAllocatable: [], // no limit on all pods together: they share this machine with whatever else it does
    failCgroupV1: false, // control groups of version 1 will do
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    evictionHard: { 'memory.available': '100Mi' },
    imageGCHighThresholdPercent: 100, // images are imported, so one that is collected would not come back
    serializeImagePulls: false,
  });
  writeJson(path.join(folder, 'kube-proxy.yaml'), {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clientConnection: { kubeconfig: path.join(certificates, 'kube-proxy.kubeconfig') },
    hostnameOverride: nodeName,
    clusterCIDR: network.pods,
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' }, // 0 leaves the kernel's settings alone
  });
}

function containerdConfig(folder: string, podNetwork: string): string {
  return `version = 2
root = "${folder}/containerd"
state = "/run/containerd"
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true # where this machine does not let its root lower the score
  sandbox_image = "${busyboxImage}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${podNetwork}"
`;
}

const writeJson = (file: string, value: unknown): void => writeFileSync(file, JSON.stringify(value, null, 2));
