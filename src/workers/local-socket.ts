import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { stat, unlink, utimes } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Channel } from './messages.js';
import { SocketChannel } from './socket-channel.js';

/** Longest path of a Unix socket, in bytes, where it is shortest (macOS). */
const MAX_PATH = 103;
const NAME = 'agent-os-observability';
const IS_WINDOWS = process.platform === 'win32';

/** What the processes of a group have in common. */
export interface GroupName {
  readonly service: string;
  readonly namespace: string;
  readonly environment: string;
  /** Where the page is served, as `127.0.0.1:9464`. */
  readonly address: string;
}

/** The socket by which the processes of a group find each other: a file in a folder of the user's own, or a named pipe. */
export class LocalSocket {
  readonly path: string;
  private readonly folder: string | undefined;

  constructor({ service, namespace, environment, address }: GroupName) {
    const user = userName();
    const parts = JSON.stringify([user, service, namespace, environment, address, networkOfProcess()]);
    const hash = createHash('sha256').update(parts).digest('hex').slice(0, 16);
    if (IS_WINDOWS) {
      this.path = `\\\\.\\pipe\\${NAME}-${hash}`;
      return;
    }
    const folder = (base: string): string => join(base, `${NAME}-${user}`);
    const fits = Buffer.byteLength(join(folder(tmpdir()), `${hash}.${'0'.repeat(8)}`)) <= MAX_PATH;
    this.folder = folder(fits ? tmpdir() : '/tmp');
    this.path = join(this.folder, hash);
  }

  /** Rejects where nobody listens. */
  connect(): Promise<Channel> {
    return new Promise((resolve, reject) => {
      this.checkFolder(false);
      const socket = connect({ path: this.path });
      socket.unref();
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new SocketChannel(socket));
      });
    });
  }

  /**
   * Listens there, in the same turn.
   *
   * @param replaces - whether it takes the place of another's socket; if not, it throws EEXIST
   * @throws where the folder is not the user's own, or cannot be written
   */
  listen(replaces: boolean): ListeningSocket {
    return IS_WINDOWS ? new ListeningSocket(this.path) : this.listenInFolder(replaces);
  }

  private listenInFolder(replaces: boolean): ListeningSocket {
    this.checkFolder(true);
    // Under a name of its own first: the runtime removes the file of that name when it closes, whoever's it is then.
    const own = `${this.path}.${randomBytes(4).toString('hex')}`;
    const listening = new ListeningSocket(own, this.path);
    try {
      listening.inode = lstatSync(own).ino;
      listening.succeeds = existsSync(this.path);
      if (replaces) renameSync(own, this.path);
      else {
        linkSync(own, this.path);
        unlinkSync(own);
      }
    } catch (error) {
      listening.stop();
      throw error;
    }
    return listening;
  }

  /** Whoever could write in the folder could read what is reported, and answer in our name. */
  private checkFolder(make: boolean): void {
    const { folder } = this;
    if (folder === undefined) return;
    if (make) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    const isOurs = found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
    if (!isOurs) throw new Error(`${folder} is not a folder of this user`);
    if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700);
  }
}

/** A socket that listens. Neither it nor its connections keep the process alive. */
export class ListeningSocket {
  /** Of the file, which keeps it under another name. */
  inode = 0;
  /** Whether one that listened before has left its mark. */
  succeeds = false;
  private readonly server: Server;
  private onChannel: (channel: Channel) => void = (channel) => channel.close();

  /** @param path - where others find it; undefined for the one it is bound to, which the system removes itself */
  constructor(
    bound: string,
    private readonly path?: string,
  ) {
    this.server = createServer((socket) => this.onChannel(new SocketChannel(socket)));
    this.server.on('error', () => {}); // a failed accept: the other one tries again
    // Exclusive: a worker of a cluster would else have its primary listen.
    this.server.listen({ path: bound, exclusive: true });
    this.server.unref();
  }

  listen(onChannel: (channel: Channel) => void): void {
    this.onChannel = onChannel;
  }

  /** Whether others still find this one at its path. */
  async isFound(): Promise<boolean> {
    if (this.path === undefined) return true;
    const found = await stat(this.path).catch(() => undefined);
    if (found?.ino !== this.inode) return false;
    const time = new Date();
    await utimes(this.path, time, time).catch(() => {}); // what removes old files takes it for a new one
    return true;
  }

  /** @param leavesMark - whether the file stays, so that whoever comes next knows that there was one before */
  async close(leavesMark: boolean): Promise<void> {
    const isFound = await this.isFound();
    this.stop();
    if (this.path !== undefined && isFound && !leavesMark) await unlink(this.path).catch(() => {});
  }

  stop(): void {
    this.server.close();
  }
}

function userName(): string {
  return String(process.getuid?.() ?? userInfo().username);
}

/** Containers can share a folder and have ports of their own. */
function networkOfProcess(): string {
  try {
    return readlinkSync('/proc/self/ns/net');
  } catch {
    return '';
  }
}
