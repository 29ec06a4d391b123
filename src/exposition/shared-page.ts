import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * A page that is written once, for any number of readers at the same time. Between two chunks the event loop has its
 * turn. It is written as fast as that allows, whatever its readers do, so that its values are of one time; when the last
 * reader has left, writing ends.
 */
export class SharedPage implements AsyncIterable<string> {
  private readonly chunks: string[] = [];
  private readers = 0;
  private state: 'writing' | 'whole' | 'given up' = 'writing';
  private failure: { readonly error: unknown } | undefined;
  /** Resolves when writing has ended, one way or the other. */
  readonly ended: Promise<void>;
  private changed: { readonly promise: Promise<void>; readonly tell: () => void } = signal();

  /** @param chunks - an empty chunk is a pause */
  constructor(
    readonly contentType: string,
    chunks: Iterator<string, void>,
  ) {
    this.ended = this.write(chunks);
  }

  /** Whether a new reader gets all of it. */
  get open(): boolean {
    return this.state === 'writing';
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    this.readers++;
    try {
      for (let at = 0; ;) {
        for (; at < this.chunks.length; at++) yield this.chunks[at] as string;
        if (this.failure) throw this.failure.error;
        if (this.state === 'given up')
          throw new Error('the page was given up by its readers; ask for another');
        if (this.state === 'whole') return;
        await this.changed.promise;
      }
    } finally {
      this.readers--;
      if (this.readers === 0 && this.state === 'writing') this.state = 'given up';
    }
  }

  /** All of it as one text. */
  async text(): Promise<string> {
    const all: string[] = [];
    for await (const chunk of this) all.push(chunk);
    return all.join('');
  }

  private async write(chunks: Iterator<string, void>): Promise<void> {
    try {
      for (let next = chunks.next(); !next.done; next = chunks.next()) {
        if (next.value !== '') this.add(next.value);
        await nextTurn();
        if (!this.open) return;
      }
      this.state = 'whole';
    } catch (error) {
      this.failure = { error };
      this.state = 'given up';
    }
    this.changed.tell();
  }

  private add(chunk: string): void {
    this.chunks.push(chunk);
    const { tell } = this.changed;
    this.changed = signal();
    tell();
  }
}

function signal(): { promise: Promise<void>; tell: () => void } {
  let tell = (): void => {};
  const promise = new Promise<void>((resolve) => (tell = resolve));
  return { promise, tell };
}
