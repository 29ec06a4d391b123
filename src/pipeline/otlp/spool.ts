import { randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OtlpProtocol, OtlpSignal } from './otlp-target.js';

/** After this a message is too old to be of use, and is deleted. */
const MAX_AGE_MILLIS = 24 * 3600 * 1000;
/** After this a message that somebody took is taken for one of a process that died over it. */
const MAX_TAKEN_MILLIS = 10 * 60 * 1000;
/** Stands in the name of a file that somebody sends. */
const TAKEN = '.taken-';

export interface SpoolOptions {
  readonly folder: string;
  /** Most bytes of all messages in the folder. */
  readonly maxBytes: number;
  readonly signal: OtlpSignal;
  readonly protocol: OtlpProtocol;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A message of a process that has ended, which nobody else takes now. */
export interface SpooledMessage {
  readonly message: Uint8Array;
  readonly items: number;
  /** Done with: it was delivered, or nobody will take it. */
  remove(): void;
  /** For the next start. */
  putBack(): void;
}

interface Entry {
  /** The name that it has now, and the one that it was written by. */
  readonly name: string;
  readonly writtenAs: string;
  readonly writtenAt: number;
  readonly items: number;
}

/**
 * Messages that could not be sent before the process ended, one a file, in a folder that the host has named. Processes may
 * share the folder: a file is taken by renaming it. The files are for the user of the process alone.
 */
export class Spool {
  private readonly ending: string;
  private readonly now: () => number;

  constructor(private readonly options: SpoolOptions) {
    const { signal, protocol, now = Date.now } = options;
    this.ending = `${signal}.${protocol === 'http/json' ? 'json' : 'binpb'}`;
    this.now = now;
  }

  /** Makes the folder. Throws where it cannot be used. */
  prepare(): void {
    const { folder } = this.options;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  }

  /** Writes a message, before this returns; false where it cannot be written, or there is no room. */
  write(message: Uint8Array, items: number): boolean {
    const { folder, maxBytes } = this.options;
    const name = `${this.now()}-${randomBytes(8).toString('hex')}-${items}.${this.ending}`;
    const unfinished = join(folder, `.${name}`);
    try {
      if (this.bytes() + message.length > maxBytes) return false;
      writeFileSync(unfinished, message, { flag: 'wx', mode: 0o600 });
      renameSync(unfinished, join(folder, name));
      return true;
    } catch {
      remove(unfinished); // of a disk that is full, a part
      return false;
    }
  }

  /**
   * Takes the messages of processes that have ended, the oldest first, each when it is asked for.
   *
   * @param expired - told how many items a message had that is too old
   */
  async *take(expired: (items: number) => void): AsyncGenerator<SpooledMessage, void> {
    const { folder } = this.options;
    for (const { name, writtenAs, writtenAt, items } of this.entries()) {
      const taken = join(folder, `${writtenAs}${TAKEN}${randomBytes(4).toString('hex')}`);
      if (name !== writtenAs && this.now() - changedAt(join(folder, name)) < MAX_TAKEN_MILLIS) continue;
      if (!rename(join(folder, name), taken)) continue; // another process was faster
      if (this.now() - writtenAt > MAX_AGE_MILLIS) {
        remove(taken);
        expired(items);
        continue;
      }
      const message = await readFile(taken).catch(() => undefined);
      if (message === undefined) continue;
      const putBack = (): void => void rename(taken, join(folder, writtenAs));
      yield { message, items, remove: () => remove(taken), putBack };
    }
  }

  private entries(): Entry[] {
    const entries: Entry[] = [];
    for (const name of namesIn(this.options.folder)) {
      const writtenAs = name.split(TAKEN, 1)[0] as string;
      const [, writtenAt, items, ending] = /^(\d+)-[\da-f]{16}-(\d+)\.(.+)$/.exec(writtenAs) ?? [];
      if (ending !== this.ending) continue;
      entries.push({ name, writtenAs, writtenAt: Number(writtenAt), items: Number(items) });
    }
    return entries.sort((a, b) => a.writtenAt - b.writtenAt);
  }

  private bytes(): number {
    const { folder } = this.options;
    return namesIn(folder).reduce((sum, name) => sum + (statOf(join(folder, name))?.size ?? 0), 0);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** When it was renamed last, as a file that is taken was. */
function changedAt(path: string): number {
  return statOf(path)?.ctimeMs ?? 0;
}

function rename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone.
  }
}
