import type { Clock } from '../../common/clock.js';
import { RereadFile, whyUnreadable } from '../../common/reread-file.js';
import type { OtlpTarget } from './otlp-target.js';

/** Shortest time between two looks at the files. */
const LOOK_MILLIS = 2000;

/** What TLS takes; what is not given is left to Node. */
export interface TlsMaterial {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

type Part = keyof TlsMaterial;

const WHAT: Readonly<Record<Part, string>> = {
  ca: 'the certificate authority',
  cert: 'the client certificate',
  key: 'the client key',
};

/** A file of TLS that was never read. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';
}

/** The certificates of a target, read again when their files change: they are renewed while the process lives. */
export class TlsFiles {
  private readonly files: readonly (readonly [Part, RereadFile])[];
  private lookedAt = -Infinity;

  constructor(
    paths: OtlpTarget['tls'],
    private readonly clock: Clock,
  ) {
    this.files = Object.entries(paths).map(([part, path]) => [part as Part, new RereadFile(path)]);
  }

  /** @throws TlsFileError where one cannot be read and never could */
  async material(): Promise<TlsMaterial> {
    const now = this.clock();
    if (now - this.lookedAt >= LOOK_MILLIS) {
      for (const [part, file] of this.files) await look(part, file);
      this.lookedAt = now;
    }
    return Object.fromEntries(this.files.map(([part, { content }]) => [part, content]));
  }

  /** The next export looks again: a handshake that failed may have met files that were half renewed. */
  lookAgain(): void {
    this.lookedAt = -Infinity;
  }
}

async function look(part: Part, file: RereadFile): Promise<void> {
  try {
    await file.look();
  } catch (error) {
    if (file.content !== undefined) return; // between two versions; the last one may still be good
    throw new TlsFileError(`${WHAT[part]} in ${file.path} cannot be read (${whyUnreadable(error)})`);
  }
}
