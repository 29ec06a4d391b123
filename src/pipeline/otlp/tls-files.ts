import { readFile, stat } from 'node:fs/promises';
import type { Clock } from '../../common/clock.js';
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
  private readonly stamps = new Map<Part, string>();
  private readonly read: TlsMaterial = {};
  private lookedAt = -Infinity;

  constructor(
    private readonly paths: OtlpTarget['tls'],
    private readonly clock: Clock,
  ) {}

  /** @throws TlsFileError where one cannot be read and never could */
  async material(): Promise<TlsMaterial> {
    const parts = Object.keys(this.paths) as Part[];
    if (parts.length === 0) return this.read;
    const now = this.clock();
    if (now - this.lookedAt >= LOOK_MILLIS) {
      for (const part of parts) await this.look(part);
      this.lookedAt = now;
    }
    return { ...this.read };
  }

  /** The next export looks again: a handshake that failed may have met files that were half renewed. */
  lookAgain(): void {
    this.lookedAt = -Infinity;
  }

  private async look(part: Part): Promise<void> {
    const path = this.paths[part] as string;
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const stamp = `${mtimeMs}/${size}/${ino}`;
      if (this.stamps.get(part) === stamp) return;
      this.read[part] = await readFile(path);
      this.stamps.set(part, stamp);
    } catch (error) {
      if (this.read[part] !== undefined) return; // between two versions; the last one may still be good
      const { code = 'unreadable' } = error as NodeJS.ErrnoException;
      throw new TlsFileError(`${WHAT[part]} in ${path} cannot be read (${code})`);
    }
  }
}
