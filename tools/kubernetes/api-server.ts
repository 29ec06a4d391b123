// A real API server with an etcd behind it, on loopback, with nothing in it: no controller, no node. What it says of an
// object is what a cluster of that release says.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { binaryPath } from '../native-stack/cache.js';
import { freePorts } from '../stack/native/ports.js';
import { Program } from '../stack/native/program.js';
import type { KubernetesObject } from './object.js';

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What the server says of an object. */
export interface Answer {
  readonly ok: boolean;
  /** Why not; and warnings, which come with objects that are taken too. */
  readonly said: readonly string[];
}

const MANAGER = 'agent-os-observability';
/** How long a new kind may take until it is served. */
const SERVED_MILLIS = 20_000;

export class ApiServer {
  private constructor(
    private readonly programs: readonly Program[],
    private readonly ask: (method: string, path: string, body?: unknown) => Promise<Response>,
  ) {}

  /** @param folder - for all that it stores and prints */
  static async start(folder: string): Promise<ApiServer> {
    const at = (name: string): string => join(folder, name);
    mkdirSync(folder, { recursive: true });
    const [client, peer, port] = Object.values(await freePorts());
    const etcdUrl = `http://127.0.0.1:${client}`;
    const peerUrl = `http://127.0.0.1:${peer}`;
    const common = { env: {}, cwd: folder } as const;
    const etcd = await Program.start({
      ...common,
      name: 'etcd',
      command: binaryPath('etcd'),
      args: flags({
        'data-dir': at('etcd'),
        'listen-client-urls': etcdUrl,
        'advertise-client-urls': etcdUrl,
        'listen-peer-urls': peerUrl,
        'initial-advertise-peer-urls': peerUrl,
        'initial-cluster': `default=${peerUrl}`,
        'unsafe-no-fsync': 'true', // it does not outlive this run
      }),
      readyUrl: `${etcdUrl}/health`,
      logFile: at('etcd.log'),
    });
    const token = randomBytes(24).toString('hex');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(at('accounts.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    writeFileSync(at('tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
    const ask = asker(`https://127.0.0.1:${port}`, token, at('apiserver.crt'));
    try {
      const server = await Program.start({
        ...common,
        name: 'kube-apiserver',
        command: binaryPath('kube-apiserver'),
        args: flags({
          'etcd-servers': etcdUrl,
          'bind-address': '127.0.0.1',
          'advertise-address': '127.0.0.1',
          'secure-port': String(port),
          'cert-dir': folder,
          'endpoint-reconciler-type': 'none',
          'service-cluster-ip-range': '10.96.0.0/16',
          'service-account-issuer': 'https://kubernetes.default.svc',
          'service-account-signing-key-file': at('accounts.key'),
          'service-account-key-file': at('accounts.key'),
          'token-auth-file': at('tokens.csv'),
          'authorization-mode': 'RBAC',
          // A controller would make the account of each namespace, and there is none.
          'disable-admission-plugins': 'ServiceAccount',
        }),
        readyUrl: `https://127.0.0.1:${port}/readyz`,
        isReady: () =>
          ask('GET', '/readyz').then(
            ({ status }) => status === 200,
            () => false,
          ),
        logFile: at('kube-apiserver.log'),
      });
      return new ApiServer([server, etcd], ask);
    } catch (error) {
      await etcd.kill();
      throw error;
    }
  }

  /** As `v1.36.3`. */
  async version(): Promise<string> {
    return (JSON.parse((await this.ask('GET', '/version')).text) as { gitVersion: string }).gitVersion;
  }

  /** As `kubectl apply --server-side` does, unknown fields refused; `dryRun` has it do all but keep the object. */
  async apply(object: KubernetesObject, dryRun: boolean): Promise<Answer> {
    const path = await this.path(object);
    const query = `fieldManager=${MANAGER}&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
    return answerOf(await this.ask('PATCH', `${path}/${object.metadata.name}?${query}`, object));
  }

  /** Until the server has the kind of a definition that was just applied. */
  async serves(apiVersion: string, kind: string): Promise<void> {
    const deadline = Date.now() + SERVED_MILLIS;
    while (!(await this.resources(apiVersion)).some((resource) => resource.kind === kind))
      if (Date.now() > deadline) throw new Error(`the API server does not serve ${apiVersion}/${kind}`);
  }

  async stop(): Promise<void> {
    for (const program of this.programs) await program.kill();
  }

  private async path({ apiVersion, kind, metadata }: KubernetesObject): Promise<string> {
    const found = (await this.resources(apiVersion)).find((resource) => resource.kind === kind);
    if (found === undefined) throw new Error(`the API server does not know ${apiVersion}/${kind}`);
    const namespace = found.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${base(apiVersion)}${namespace}/${found.name}`;
  }

  private async resources(apiVersion: string): Promise<readonly Resource[]> {
    const { status, text } = await this.ask('GET', base(apiVersion));
    if (status !== 200) return [];
    return (JSON.parse(text) as { resources: Resource[] }).resources.filter(
      ({ name }) => !name.includes('/'),
    );
  }
}

interface Response {
  readonly status: number;
  readonly text: string;
  readonly warnings: readonly string[];
}

const base = (apiVersion: string): string => `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;

const flags = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

function answerOf({ status, text, warnings }: Response): Answer {
  const ok = status < 300;
  return { ok, said: ok ? warnings : [...warnings, (JSON.parse(text) as { message: string }).message] };
}

/** Asks the server, whose certificate it makes itself at its start. */
function asker(url: string, token: string, certificate: string) {
  return (method: string, path: string, body?: unknown): Promise<Response> =>
    new Promise((resolve, reject) => {
      const asked = request(
        new URL(path, url),
        {
          method,
          ca: readFileSync(certificate),
          headers: {
            authorization: `Bearer ${token}`,
            ...(body !== undefined && { 'content-type': 'application/apply-patch+yaml' }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
          response.on('end', () => {
            const said = response.headersDistinct['warning'] ?? [];
            resolve({
              status: response.statusCode!,
              text: Buffer.concat(chunks).toString(),
              warnings: said.map((one) => /^\d+ \S+ "(.*)"$/.exec(one)?.[1] ?? one),
            });
          });
        },
      );
      asked.on('error', reject);
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
