import type { Socket } from 'node:net';
import type { Channel, Message } from './messages.js';

/** Longest message, in bytes. Reports are cut long before; a page comes in chunks. */
const MAX_MESSAGE = 8 * 1024 * 1024;
/** Bytes that may wait to be sent; a process that takes none of them is given up. */
const MAX_WAITING = 64 * 1024 * 1024;
const HEAD = 4;

/** A channel over a local socket: each message is its length, in four bytes, and JSON. */
export class SocketChannel implements Channel {
  onMessage: (message: Message) => void = () => {};
  onClose: () => void = () => {};
  private readonly parts: Buffer[] = [];
  private length = 0;
  /** Bytes of the message that is coming, with its head; 0 where they are not known yet. */
  private expected = 0;
  private waiting: (() => void)[] = [];

  /** @param socket - to which nobody else listens */
  constructor(private readonly socket: Socket) {
    socket.unref();
    socket.on('data', (bytes: Buffer) => this.take(bytes));
    socket.on('drain', () => this.wake());
    socket.on('error', () => {}); // 'close' follows
    socket.once('close', () => {
      this.wake();
      this.onClose();
    });
  }

  send(message: Message): void {
    const { socket } = this;
    if (socket.destroyed || !socket.writable) return;
    if (socket.writableLength > MAX_WAITING) return void socket.destroy();
    const text = JSON.stringify(message);
    const bytes = Buffer.allocUnsafe(HEAD + Buffer.byteLength(text));
    bytes.writeUInt32BE(bytes.length - HEAD, 0);
    bytes.write(text, HEAD);
    socket.write(bytes);
  }

  drained(): Promise<void> {
    const { socket } = this;
    if (socket.destroyed || socket.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      socket.write('', () => this.wake());
    });
  }

  /** What was sent still goes out. */
  close(): void {
    this.socket.destroySoon();
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private take(bytes: Buffer): void {
    this.parts.push(bytes);
    this.length += bytes.length;
    try {
      while (this.hasMessage()) {
        const all = this.parts.length === 1 ? (this.parts[0] as Buffer) : Buffer.concat(this.parts);
        const message = JSON.parse(all.toString('utf8', HEAD, this.expected)) as Message;
        this.parts.length = 0;
        this.length = all.length - this.expected;
        if (this.length > 0) this.parts.push(all.subarray(this.expected));
        this.expected = 0;
        this.onMessage(message);
      }
    } catch {
      this.socket.destroy(); // not one of ours
    }
  }

  private hasMessage(): boolean {
    if (this.expected === 0 && this.length >= HEAD) {
      const head =
        (this.parts[0] as Buffer).length >= HEAD ? (this.parts[0] as Buffer) : Buffer.concat(this.parts);
      this.expected = HEAD + head.readUInt32BE(0);
      if (this.expected > MAX_MESSAGE) throw new RangeError('a message is too long');
    }
    return this.expected > 0 && this.length >= this.expected;
  }
}
