import { yamlFile } from '../stack/stack-files.js';
import { containerOf, files, objects, one, podOf, textFile, TIERS } from './support.js';

/** What the level restricted of the Pod Security Standards permits. */
const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

describe.each(TIERS)('a pod of %s', (tier) => {
  const { spec } = podOf(tier);
  const container = containerOf(tier);

  it('runs as nobody in particular, without privileges', () => {
    expect(spec.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 10001,
      runAsGroup: 10001,
      fsGroup: 10001,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('has no way to the API server', () => {
    expect(spec.automountServiceAccountToken).toBe(false);
    expect(spec.serviceAccountName).toBeUndefined();
  });

  it('touches nothing of its node', () => {
    expect([spec.hostNetwork, spec.hostPID, spec.hostIPC]).toEqual([undefined, undefined, undefined]);
    for (const { hostPort } of container.ports) expect(hostPort).toBeUndefined();
    for (const volume of spec.volumes) {
      const [type] = Object.keys(volume).filter((key) => key !== 'name');
      expect(VOLUMES).toContain(type);
    }
  });

  it('is bounded in all that it takes', () => {
    const bounded = ['cpu', 'ephemeral-storage', 'memory'];
    expect(Object.keys(container.resources.requests).sort()).toEqual(bounded);
    expect(Object.keys(container.resources.limits).sort()).toEqual(bounded);
  });

  it('runs the image that docker-compose.yml pins', () => {
    expect(container.image).toBe(yamlFile('docker-compose.yml').services['otel-collector'].image);
    expect(spec.containers).toHaveLength(1);
    expect(spec.initContainers).toBeUndefined();
  });
});

describe('the namespace', () => {
  it('refuses pods with more privileges', () => {
    expect(one('Namespace', 'agent-os-observability').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
  });

  it('is that of every other object', () => {
    for (const { kind, metadata } of objects)
      expect(metadata.namespace).toBe(kind === 'Namespace' ? undefined : 'agent-os-observability');
  });
});

describe('secrets', () => {
  it('are referenced and never committed', () => {
    expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
    for (const tier of TIERS)
      for (const { name, value } of containerOf(tier).env)
        if (/KEY$|TOKEN|SECRET|PASSWORD|HEADERS/.test(name))
          expect({ name, value }).toEqual({ name, value: undefined });
    const { data } = one('ConfigMap', 'collector-backend');
    expect(Object.keys(data).filter((name) => /KEY$|TOKEN|SECRET|PASSWORD/.test(name))).toEqual([]);
  });

  it('nor does any file look as if it held one', () => {
    for (const { path } of files) expect(textFile(path)).not.toMatch(/:\/\/[^/\s:@$[\]^]+:[^/\s@$[\]^]+@/);
  });
});
