import type { PageRequest } from '../exposition/exposition-source.js';
import { type Scheduler } from './scheduler.js';

export interface RemotePagesOptions {
  readonly scheduler: Scheduler;
  /** Longest time between two chunks. */
  readonly timeoutMillis: number;
}

/** A page that is on its way. */
interface Arriving {
  readonly chunks: string[];
  ended: boolean;
  failed: string | undefined;
  changed: () => void;
}

/** Pages of the group that another process makes, as they come. */
export class RemotePages {
  private readonly arriving = new Map<number, Arriving>();
  private asked = 0;

  constructor(
    private readonly ask: (page: number, request: PageRequest) => void,
    private readonly options: RemotePagesOptions,
  ) {}

  /** The chunks of one page. Throws where the next does not come in time. */
  async *open(request: PageRequest): AsyncGenerator<string, void> {
    const page = ++this.asked;
    const arriving: Arriving = { chunks: [], ended: false, failed: undefined, changed: () => {} };
    this.arriving.set(page, arriving);
    try {
      this.ask(page, request);
      for (;;) {
        const chunk = arriving.chunks.shift();
        if (chunk !== undefined) yield chunk;
        else if (arriving.failed !== undefined) throw new Error(arriving.failed);
        else if (arriving.ended) return;
        else await this.change(arriving);
      }
    } finally {
      this.arriving.delete(page);
    }
  }

  take(page: number, text: string): void {
    const arriving = this.arriving.get(page);
    arriving?.chunks.push(text);
    arriving?.changed();
  }

  end(page: number, failed: string | undefined): void {
    const arriving = this.arriving.get(page);
    if (arriving === undefined) return;
    arriving.ended = true;
    arriving.failed = failed;
    arriving.changed();
  }

  /** None of them will come. */
  fail(): void {
    for (const page of this.arriving.keys())
      this.end(page, 'the process that serves the page of all has gone');
  }

  private change(arriving: Arriving): Promise<void> {
    const { scheduler, timeoutMillis } = this.options;
    return new Promise((resolve) => {
      const stop = scheduler.after(timeoutMillis, () => {
        arriving.failed = `the process that serves the page of all did not answer in ${timeoutMillis} ms`;
        resolve();
      });
      arriving.changed = () => {
        stop();
        resolve();
      };
    });
  }
}
