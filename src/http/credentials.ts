import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { settledWithin } from '../common/deadline.js';
import { RereadFile, whyUnreadable } from '../common/reread-file.js';

/** A token in the Authorization header (RFC 6750). Several are accepted, so that they can be rotated. */
export interface BearerAuth {
  /** The token, or all that are accepted. */
  token?: string | readonly string[];
  /** A file with one token a line; read again when it changes. */
  tokenFile?: string;
}

/** A user with a password in the Authorization header (RFC 7617). Several passwords are accepted. */
export interface BasicAuth {
  /** Who it is, without a colon. */
  username: string;
  /** The password, or all that are accepted. */
  password?: string | readonly string[];
  /** A file with one password a line; read again when it changes. */
  passwordFile?: string;
}

/** Who may read the endpoint: whoever has any of these. */
export interface EndpointAuth {
  /** A token. */
  bearer?: BearerAuth;
  /** A user, or several. */
  basic?: BasicAuth | readonly BasicAuth[];
}

/** A dead network drive must not hold scrapes up: the last good content decides then. */
const LOOK_MILLIS = 500;

export type Scheme = 'bearer' | 'basic';

/** One row of the options: the secrets of one scheme, and for `basic` of one user. */
interface SecretSource {
  readonly scheme: Scheme;
  /** Names it in messages, as `bearer.tokenFile`. */
  readonly named: string;
  /** What stands before the secret in what a client sends. */
  readonly prefix: string;
  readonly secrets: readonly string[];
  readonly path: string | undefined;
}

function sourcesOf({ bearer, basic }: EndpointAuth): SecretSource[] {
  const users = basic === undefined ? [] : [basic].flat();
  return [
    ...(bearer === undefined
      ? []
      : [{ scheme: 'bearer' as const, named: 'bearer.tokenFile', prefix: '' }].map((source) => ({
          ...source,
          secrets: [bearer.token ?? []].flat(),
          path: bearer.tokenFile,
        }))),
    ...users.map(({ username, password, passwordFile }) => ({
      scheme: 'basic' as const,
      named: 'basic.passwordFile',
      prefix: `${username}:`,
      secrets: [password ?? []].flat(),
      path: passwordFile,
    })),
  ];
}

/** The secrets in a file: one a line. Undefined where there is none, or one that no client can send. */
function secretsIn(content: Buffer, scheme: Scheme): string[] | undefined {
  const lines = content.toString('utf8').split(/\r\n?|\n/);
  const secrets = lines.map((line) => line.trim()).filter((line) => line !== '');
  return secrets.length > 0 && secrets.every((secret) => isSecret(secret, scheme)) ? secrets : undefined;
}

/** Whether a client can send it. A token is what a header carries without blanks; a password has no control characters. */
export function isSecret(secret: unknown, scheme: Scheme): boolean {
  if (typeof secret !== 'string') return false;
  return scheme === 'bearer' ? /^[!-~]+$/.test(secret) : /^\P{Cc}+$/u.test(secret);
}

/** What is wrong with a file of the options, now. Holds no secret. */
export function fileProblems(scheme: Scheme, named: string, path: string): string[] {
  try {
    const content = new RereadFile(path).readNow();
    return secretsIn(content, scheme) === undefined ? [`${named} ${path}, which holds no usable secret`] : [];
  } catch (error) {
    return [`${named} ${path}, which cannot be read (${whyUnreadable(error)})`];
  }
}

/** Says once for a cause what does not work. */
type Warn = (cause: string, message: string) => void;

/**
 * The credentials that open the endpoint. They are kept as keyed hashes, and compared in a time that does not depend on
 * what is in them.
 */
export class Credentials {
  readonly #key = randomBytes(32);
  readonly #fixed: readonly Buffer[];
  readonly #files: readonly SecretFile[];
  /** Of WWW-Authenticate (RFC 9110 §11.6.1). */
  readonly challenge: string;

  constructor(auth: EndpointAuth, warn: Warn) {
    const sources = sourcesOf(auth);
    const digest =
      ({ scheme, prefix }: SecretSource) =>
      (secret: string): Buffer =>
        this.#digest(scheme, Buffer.from(prefix + secret));
    this.#fixed = sources.flatMap((source) => source.secrets.map(digest(source)));
    this.#files = sources.flatMap((source) =>
      source.path === undefined ? [] : [new SecretFile(source, source.path, digest(source), warn)],
    );
    const schemes = new Set(sources.map(({ scheme }) => scheme));
    this.challenge = [
      ...(schemes.has('bearer') ? ['Bearer realm="metrics"'] : []),
      ...(schemes.has('basic') ? ['Basic realm="metrics", charset="UTF-8"'] : []),
    ].join(', ');
  }

  /** Whether the value of an Authorization header opens the endpoint. At once where no file has to be asked. */
  accept(authorization: string | string[] | undefined): boolean | Promise<boolean> {
    const [, word, sent = ''] =
      typeof authorization === 'string' ? (/^(bearer|basic) +([!-~]+)$/i.exec(authorization) ?? []) : [];
    if (word === undefined) return false;
    const scheme = word.toLowerCase() as Scheme;
    const shown = this.#digest(scheme, scheme === 'basic' ? Buffer.from(sent, 'base64') : Buffer.from(sent));
    if (this.#files.length === 0) return isAmong(shown, this.#fixed);
    return Promise.all(this.#files.map((file) => file.look())).then(() =>
      isAmong(shown, [...this.#fixed, ...this.#files.flatMap(({ digests }) => digests)]),
    );
  }

  #digest(scheme: Scheme, credential: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${scheme} `).update(credential).digest();
  }
}

/** Compares with all, whichever fits. */
function isAmong(shown: Buffer, accepted: readonly Buffer[]): boolean {
  let found = false;
  for (const digest of accepted) if (timingSafeEqual(digest, shown)) found = true;
  return found;
}

/** Secrets from a file, read again for each request that shows some: rotation holds at once. */
class SecretFile {
  digests: readonly Buffer[] = [];
  readonly #file: RereadFile;
  #looking: Promise<unknown> | undefined;
  #failed = false;

  constructor(
    private readonly source: SecretSource,
    path: string,
    private readonly digest: (secret: string) => Buffer,
    private readonly warn: Warn,
  ) {
    this.#file = new RereadFile(path);
    this.#use(this.#file.readNow());
  }

  /** Requests at the same time share one look. Never rejects. */
  async look(): Promise<void> {
    this.#looking ??= this.#read().finally(() => (this.#looking = undefined));
    await settledWithin(this.#looking, LOOK_MILLIS, () => undefined);
  }

  async #read(): Promise<void> {
    try {
      if ((await this.#file.look()) || this.#failed) this.#use(this.#file.content as Buffer);
    } catch (error) {
      this.#keep(`cannot be read (${whyUnreadable(error)})`);
    }
  }

  #use(content: Buffer): void {
    const secrets = secretsIn(content, this.source.scheme);
    if (secrets === undefined) return this.#keep('holds no usable secret');
    this.digests = secrets.map(this.digest);
    this.#failed = false;
  }

  #keep(why: string): void {
    this.#failed = true;
    const { named } = this.source;
    this.warn(
      `${named}/${this.#file.path}`,
      `prometheus.auth.${named} ${this.#file.path} ${why}; the secrets it held before stay in force.`,
    );
  }
}
