import type { Attributes } from '@opentelemetry/api';
import { randomUUID } from 'node:crypto';
import { holdingAfter } from '../common/timers.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import { printable } from '../diagnostics/drop-log.js';
import type {
  ExpositionPage,
  ExpositionRequest,
  ExpositionSource,
  PageRequest,
} from '../exposition/exposition-source.js';
import { openMetricsFormat, textFormat } from '../exposition/format-writer.js';
import { FamilyNames } from '../exposition/family-names.js';
import { pageOf } from '../exposition/page-chunks.js';
import { Pages } from '../exposition/pages.js';
import type { MetricsServer } from '../http/metrics-server.js';
import {
  RESOURCE_DEPLOYMENT_ENVIRONMENT,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_NAMESPACE,
} from '../semconv/resource.js';
import { LocalSocket } from './local-socket.js';
import type { HostGauges } from './merged-page.js';
import { HostServerPlace, PortPlace } from './places.js';
import { realTime } from './scheduler.js';
import { WorkerGroup } from './worker-group.js';
import type { WorkerSource } from './worker-source.js';

/** Longest time in which a page waits for another process to serve, and how often it looks. */
const MAX_SUCCESSION_MILLIS = 1500;
const LOOK_MILLIS = 20;
/** Longest time in which the process waits to know where its page is. */
const MAX_START_MILLIS = 3000;
/** Longest time in which the last values are handed over, in milliseconds. */
const LEAVE_MILLIS = 400;

export interface SharedPageOptions {
  readonly source: WorkerSource;
  readonly resource: Attributes;
  readonly gauges: HostGauges;
  readonly createdSamples: boolean | undefined;
  readonly drops: DropLog;
  /** Longest time of one collection, in milliseconds. */
  readonly timeoutMillis: number;
}

interface PortAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the page is served, by this process or for it by another. */
export interface Serving {
  readonly ready: Promise<{ readonly url?: string | undefined }>;
  close(): Promise<void>;
}

/** The page of all processes of one service that share a port, or a server of the host. */
export class SharedPage implements ExpositionSource {
  private group: WorkerGroup | undefined;
  private readonly merged: Pages;
  private readonly names: FamilyNames;
  /** Whether the last wait for another process was in vain: the next page does not wait. */
  private gaveUp = false;

  constructor(private readonly options: SharedPageOptions) {
    const { createdSamples, source } = options;
    this.names = new FamilyNames(options.drops);
    this.merged = new Pages({
      createdSamples,
      collect: async () => {
        const page = this.group?.page();
        const content = page !== undefined && 'collect' in page ? page.collect() : source.content();
        const { streams, resource } = await content;
        const { names } = this;
        const { drops } = options;
        return (format) => pageOf({ streams, resource, names, drops }, format);
      },
    });
  }

  contentType(): string {
    return this.options.source.contentType();
  }

  /** Of this process alone. */
  export(): Promise<string> {
    return this.options.source.export();
  }

  /** While the process that served is replaced, a page waits for the next one: that of this process alone would be less. */
  async open(request: ExpositionRequest): Promise<ExpositionPage> {
    const waitUntil = realTime.now() + MAX_SUCCESSION_MILLIS;
    for (;;) {
      const { group } = this;
      const page = group?.page();
      const mayWait = !this.gaveUp && realTime.now() < waitUntil;
      if (page !== undefined && 'fetch' in page) {
        const fetched = await this.fetched(page.fetch(requestOf(request)), request, mayWait);
        if (fetched !== undefined) return fetched;
      } else if (page !== undefined || group === undefined || group.is === 'aggregator') {
        this.gaveUp = false;
        return page === undefined ? this.ownPage(request) : this.merged.open(request);
      } else if (!mayWait) {
        this.gaveUp = true;
        return this.ownPage(request);
      }
      await new Promise<void>((resolve) => void realTime.after(LOOK_MILLIS, resolve));
    }
  }

  /**
   * Serves on a port of our own: this process, or the one of its group that has the port.
   *
   * @param start - called for each attempt to listen, the first time at once
   */
  serveOnPort({ host, port }: PortAddress, start: () => MetricsServer): Serving {
    if (port === 0) return start(); // one of its own, that no other process has
    const warn = (message: string): void => this.options.drops.warn('workers/folder', message);
    const group = this.join(new PortPlace(start, this.local(`${host}:${port}`), warn));
    // A host may have nothing but `ready` to wait for; that the port is taken is known after a second.
    const release = holdingAfter(MAX_START_MILLIS, () => {});
    group.ready.then(release, release);
    const close = async (): Promise<void> => {
      release();
      await this.leave();
    };
    return { ready: group.ready.then((url) => ({ url })), close };
  }

  /** The host serves the page where it wants to, in each process at the same address. */
  serveElsewhere(): Serving {
    const ready = Promise.resolve({ host: '', port: 0, url: '' });
    const close = (): Promise<void> => this.leave();
    this.join(new HostServerPlace({ ready, close: () => Promise.resolve() }, this.local('elsewhere')));
    return { ready: ready.then(() => ({})), close };
  }

  /** Serves on a server of the host's, which the processes of its group have too. */
  serveOnHostServer(server: MetricsServer): Serving {
    void server.ready.then(
      ({ host, port, url }) => {
        this.join(new HostServerPlace(server, this.local(port === 0 ? url : `${host}:${port}`)));
      },
      () => {},
    );
    const close = async (): Promise<void> => {
      await this.leave();
      await server.close();
    };
    return { ready: server.ready, close };
  }

  /** Hands over what the other processes do not know yet. Never rejects. */
  async flush(): Promise<void> {
    await this.group?.flush();
  }

  private join(place: PortPlace | HostServerPlace): WorkerGroup {
    const { source, resource, gauges, drops, timeoutMillis } = this.options;
    const group = new WorkerGroup({
      self: { id: randomUUID(), pid: process.pid, startedAt: Date.now(), resource },
      service: String(resource[RESOURCE_SERVICE_NAME]),
      source,
      gauges,
      place,
      drops,
      scheduler: realTime,
      isRunning,
      pageTimeoutMillis: timeoutMillis,
      openPage: (request) => this.merged.open(request),
    });
    this.group = group;
    const last = (): void => group.leaveAtOnce();
    process.once('exit', last);
    this.stopListening = () => process.off('exit', last);
    group.start();
    return group;
  }

  private stopListening: () => void = () => {};

  private async leave(): Promise<void> {
    this.stopListening();
    await this.group?.leave(LEAVE_MILLIS);
    this.group = undefined;
  }

  private local(address: string): LocalSocket {
    const { resource } = this.options;
    const text = (name: string): string => String(resource[name] ?? '');
    return new LocalSocket({
      service: text(RESOURCE_SERVICE_NAME),
      namespace: text(RESOURCE_SERVICE_NAMESPACE),
      environment: text(RESOURCE_DEPLOYMENT_ENVIRONMENT),
      address,
    });
  }

  private async ownPage(request: ExpositionRequest): Promise<ExpositionPage> {
    const { source } = this.options;
    if (source.open) return source.open(request);
    const text = await source.export();
    return {
      contentType: source.contentType(),
      async *[Symbol.asyncIterator]() {
        yield text;
      },
    };
  }

  /** The page of all, as another process makes it; or else undefined, or that of this process, which says so. */
  private async fetched(
    chunks: AsyncIterable<string>,
    request: ExpositionRequest,
    mayWait: boolean,
  ): Promise<ExpositionPage | undefined> {
    const iterator = chunks[Symbol.asyncIterator]();
    try {
      const first = await iterator.next();
      const { contentType } =
        request.format === 'openmetrics'
          ? openMetricsFormat({ ...request, created: false })
          : textFormat(request);
      this.gaveUp = false;
      return { contentType, [Symbol.asyncIterator]: () => rest(first, iterator) };
    } catch (error) {
      if (mayWait) return undefined;
      this.gaveUp = true;
      const message = `a page shows this process alone: that of all could not be had (${printable(error)}).`;
      this.options.drops.dropped('metrics', 'workers', 'page', message);
      const own = await this.ownPage(request);
      // OpenMetrics has no comments.
      return request.format === 'text' ? withComment(own) : own;
    }
  }
}

const requestOf = ({ format, escaping, textVersion }: ExpositionRequest): PageRequest => ({
  format,
  escaping,
  textVersion,
});

async function* rest(
  first: IteratorResult<string, unknown>,
  iterator: AsyncIterator<string, unknown>,
): AsyncGenerator<string, void> {
  try {
    for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

function withComment(page: ExpositionPage): ExpositionPage {
  return {
    contentType: page.contentType,
    async *[Symbol.asyncIterator]() {
      yield '# This process alone: the page of all processes could not be had.\n';
      yield* page;
    },
  };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
