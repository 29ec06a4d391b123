import { X509Certificate } from 'node:crypto';
import type { SecureContextOptions, Server, TlsOptions } from 'node:tls';
import { nodeTls } from '../common/late-modules.js';
import { RereadFile, whyUnreadable } from '../common/reread-file.js';
import { every, type Stop } from '../common/timers.js';

/** TLS of the endpoint: files in PEM, read again when they change. */
export interface EndpointTls {
  /** The certificate, with those between it and the authority. */
  certFile: string;
  /** Its key. */
  keyFile: string;
  /** Of the key, where it is encrypted. */
  passphrase?: string;
  /** A file with it. */
  passphraseFile?: string;
  /** Authorities of client certificates: with them, a client without a certificate of theirs is refused. */
  clientCaFile?: string;
}

/** Time between two looks at the files. */
const LOOK_MILLIS = 5000;

type Part = 'certFile' | 'keyFile' | 'passphraseFile' | 'clientCaFile';
const PARTS: readonly Part[] = ['certFile', 'keyFile', 'passphraseFile', 'clientCaFile'];

type Files = readonly (readonly [Part, RereadFile])[];

function filesOf(tls: EndpointTls): Files {
  return PARTS.flatMap((part) => {
    const path = tls[part];
    return path === undefined ? [] : [[part, new RereadFile(path)] as const];
  });
}

/** What is wrong with a file of the options, now. Holds nothing of it. */
export function unreadable(part: Part, path: string): string[] {
  try {
    return new RereadFile(path).readNow().length === 0 ? [`${part} ${path}, which is empty`] : [];
  } catch (error) {
    return [`${part} ${path}, which cannot be read (${whyUnreadable(error)})`];
  }
}

/** What is wrong with files that can be read, together. */
export function pairProblems(tls: EndpointTls): string[] {
  const files = filesOf(tls);
  try {
    for (const [, file] of files) file.readNow();
    checkedContext(tls, files);
    return [];
  } catch (error) {
    const paths = files.map(([part, { path }]) => `${part} ${path}`).join(', ');
    return [`${paths}, which do not work (${reasonOf(error)})`];
  }
}

function contextOf({ passphrase }: EndpointTls, files: Files): SecureContextOptions {
  const read = Object.fromEntries(files.map(([part, { content }]) => [part, content]));
  const secret = read['passphraseFile']?.toString('utf8').trim() ?? passphrase;
  return {
    cert: read['certFile'],
    key: read['keyFile'],
    ...(secret !== undefined && { passphrase: secret }),
    ...(read['clientCaFile'] && { ca: read['clientCaFile'] }),
    minVersion: 'TLSv1.2',
  };
}

/** Throws where a server could not start with it, or would let nobody in. */
function checkedContext(tls: EndpointTls, files: Files): SecureContextOptions {
  const context = contextOf(tls, files);
  nodeTls().createSecureContext(context);
  if (context.ca) new X509Certificate(context.ca as Buffer); // what holds none would be an authority of nobody
  return context;
}

/** The reason that OpenSSL gives, as "key values mismatch". */
function reasonOf(error: unknown): string {
  const { reason, code, message } = Object(error) as Record<string, unknown>;
  return String(reason ?? code ?? message).slice(0, 100);
}

/** The certificate that the server shows, and whom it lets in by theirs. */
export class TlsIdentity {
  readonly #files: Files;
  #pending = false;
  #looking = false;

  constructor(
    private readonly tls: EndpointTls,
    private readonly warn: (cause: string, message: string) => void,
  ) {
    this.#files = filesOf(tls);
    for (const [, file] of this.#files) file.readNow();
  }

  /** What the server starts with. */
  serverOptions(): TlsOptions {
    const asked = this.tls.clientCaFile !== undefined;
    return { ...contextOf(this.tls, this.#files), requestCert: asked, rejectUnauthorized: asked };
  }

  /**
   * Gives the server what the files hold when they have changed. What cannot be used is said once; the last that could
   * stays in force.
   *
   * @param renewed - called after each change
   */
  follow(server: Pick<Server, 'setSecureContext'>, renewed: () => void): Stop {
    return every(LOOK_MILLIS, () => {
      if (this.#looking) return; // a file system that hangs
      this.#looking = true;
      void this.#look(server, renewed).finally(() => (this.#looking = false));
    });
  }

  async #look(server: Pick<Server, 'setSecureContext'>, renewed: () => void): Promise<void> {
    for (const [part, file] of this.#files) {
      try {
        if (await file.look()) this.#pending = true;
      } catch (error) {
        this.#say(`${part}/${file.path}`, `${part} ${file.path} cannot be read (${whyUnreadable(error)})`);
      }
    }
    if (!this.#pending) return;
    this.#pending = false; // a half-renewed pair changes once more
    try {
      server.setSecureContext(checkedContext(this.tls, this.#files));
      renewed();
    } catch (error) {
      this.#say('pair', `the renewed files do not work (${reasonOf(error)})`);
    }
  }

  #say(cause: string, what: string): void {
    this.warn(`tls/${cause}`, `prometheus.tls: ${what}; what was read before stays in force.`);
  }
}
