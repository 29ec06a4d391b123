// Components of kustomize that have the Collectors ask who sends: by tokens, by certificates. Each is a list of patches,
// for a folder of one's own to take; the files of otel-collector/security are mounted already.
import { AGENT } from './agent.js';
import { GATEWAY } from './gateway.js';

const SECRETS = '/etc/collector-secrets';

interface Patch {
  readonly target: { readonly kind: string; readonly name: string };
  readonly patch: string;
}

interface Security {
  /** Files of otel-collector/, laid over what is there. */
  readonly files: readonly string[];
  /** Variables of those files, to files of the Secret. */
  readonly variables: Readonly<Record<string, string>>;
  /** A Secret that a person, or cert-manager, makes. */
  readonly secret: string;
}

/** What cert-manager calls the parts of a certificate. */
const CERTIFICATE = { cert: 'tls.crt', key: 'tls.key', ca: 'ca.crt' };

const RECEIVERS = {
  COLLECTOR_TLS_CERT_FILE: CERTIFICATE.cert,
  COLLECTOR_TLS_KEY_FILE: CERTIFICATE.key,
  COLLECTOR_TLS_CLIENT_CA_FILE: CERTIFICATE.ca,
};

const TO_GATEWAY = {
  GATEWAY_TLS_CERT_FILE: CERTIFICATE.cert,
  GATEWAY_TLS_KEY_FILE: CERTIFICATE.key,
  GATEWAY_TLS_CA_FILE: CERTIFICATE.ca,
};

/** By the name of the component, for each tier that it changes. */
export const SECURITY: Readonly<Record<string, readonly (Security & { readonly tier: string })[]>> = {
  // Agents alone: nobody but agents reaches the gateways.
  bearer: [
    {
      tier: AGENT,
      files: ['security/bearer.yaml'],
      variables: { COLLECTOR_BEARER_FILE: 'tokens' },
      secret: `${AGENT}-tokens`,
    },
  ],
  mtls: [
    {
      tier: AGENT,
      files: ['security/mtls.yaml', 'security/mtls-agent.yaml'],
      variables: { ...RECEIVERS, ...TO_GATEWAY },
      secret: `${AGENT}-tls`,
    },
    { tier: GATEWAY, files: ['security/mtls.yaml'], variables: RECEIVERS, secret: `${GATEWAY}-tls` },
  ],
};

export function securityComponent(name: string): object {
  return {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    patches: securityPatches(SECURITY[name]!),
  };
}

export const securityPatches = (tiers: readonly (Security & { readonly tier: string })[]): Patch[] =>
  tiers.map(({ tier, ...security }) => patchOf(tier, security));

/** Adds at the ends of lists, so that components go together. */
function patchOf(tier: string, { files, variables, secret }: Security): Patch {
  const folder = `${SECRETS}/${secret}`;
  const container = '/spec/template/spec/containers/0';
  const add = (path: string, value: unknown): object => ({ op: 'add', path: `${path}/-`, value });
  const operations = [
    add('/spec/template/spec/volumes', { name: secret, secret: { secretName: secret, defaultMode: 0o440 } }),
    add(`${container}/volumeMounts`, { name: secret, mountPath: folder, readOnly: true }),
    ...Object.entries(variables).map(([variable, file]) =>
      add(`${container}/env`, { name: variable, value: `${folder}/${file}` }),
    ),
    ...files.map((file) => add(`${container}/args`, `--config=${file}`)),
  ];
  const kind = tier === AGENT ? 'DaemonSet' : 'StatefulSet';
  return { target: { kind, name: tier }, patch: JSON.stringify(operations, null, 1) };
}
