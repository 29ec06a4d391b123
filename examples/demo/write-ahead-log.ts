import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Messages are written here before they are queued, and struck off once they are delivered or given up. */
export class WriteAheadLog {
  private readonly directory: string;
  private readonly file: WriteStream;
  private readonly open = new Set<number>();

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), 'agent-bus-'));
    this.file = createWriteStream(join(this.directory, 'messages.wal'));
    // A full disk costs the demo its log, not its agents.
    this.file.on('error', () => this.file.destroy());
  }

  /** Whether messages still reach the disk. */
  get enabled(): boolean {
    return this.file.writable;
  }

  /** Messages that are neither delivered nor given up. */
  get pending(): number {
    return this.open.size;
  }

  append(id: number, record: Readonly<Record<string, unknown>>): void {
    this.open.add(id);
    if (this.enabled) this.file.write(`${JSON.stringify({ id, ...record })}\n`);
  }

  settle(id: number): void {
    if (this.open.delete(id) && this.enabled) this.file.write(`${JSON.stringify({ id, settled: true })}\n`);
  }

  async close(): Promise<void> {
    if (this.enabled) await new Promise<void>((resolve) => this.file.end(() => resolve()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}
