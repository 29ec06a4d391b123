import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** No secret and no bundle of certificates is larger. In bytes. */
const MAX_BYTES = 1024 * 1024;

/** A pipe without a writer would hold `open` for ever. */
const OPENING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** A file that is read again, because what is in it is renewed while the process lives. */
export class RereadFile {
  private last: Buffer | undefined;

  constructor(readonly path: string) {}

  /** What was read last; undefined where nothing was. */
  get content(): Buffer | undefined {
    return this.last;
  }

  /**
   * Reads it at once, for start-up.
   *
   * @throws what `whyUnreadable` explains
   */
  readNow(): Buffer {
    const descriptor = openSync(this.path, OPENING);
    try {
      check(fstatSync(descriptor));
      return (this.last = readFileSync(descriptor));
    } finally {
      closeSync(descriptor);
    }
  }

  /**
   * Reads it again, and says whether it has changed. Where it cannot be read, the last content stays.
   *
   * Rejects with what `whyUnreadable` explains.
   */
  async look(): Promise<boolean> {
    const handle = await open(this.path, OPENING);
    try {
      check(await handle.stat());
      const content = await handle.readFile();
      if (this.last?.equals(content)) return false;
      this.last = content;
      return true;
    } finally {
      await handle.close();
    }
  }
}

function check(stats: { isFile(): boolean; readonly size: number }): void {
  if (!stats.isFile()) throw Object.assign(new Error('no regular file'), { code: 'no regular file' });
  if (stats.size > MAX_BYTES) throw Object.assign(new Error('too large'), { code: 'larger than 1 MiB' });
}

/** Why a file could not be read, as ENOENT. It holds nothing of the file. */
export function whyUnreadable(error: unknown): string {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : 'unreadable';
}
