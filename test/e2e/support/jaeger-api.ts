import { json } from './json.js';

export interface JaegerSpan {
  readonly spanId: string;
  readonly name: string;
  readonly service: string;
  readonly startedAt: Date;
  readonly milliseconds: number;
  readonly parentSpanId: string | undefined;
  readonly tags: Readonly<Record<string, unknown>>;
}

export interface FoundTrace {
  readonly traceId: string;
  /** Of the span that begins it. */
  readonly name: string;
  readonly startedAt: Date;
  readonly milliseconds: number;
}

interface Found {
  readonly data:
    | readonly {
        readonly traceID: string;
        readonly spans: readonly {
          readonly spanID: string;
          readonly operationName: string;
          readonly processID: string;
          /** Both in microseconds. */
          readonly startTime: number;
          readonly duration: number;
          readonly references: readonly { readonly refType: string; readonly spanID: string }[];
          readonly tags: readonly { readonly key: string; readonly value: unknown }[];
        }[];
        readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
      }[]
    | null;
}

type Tags = Readonly<Record<string, string>>;

/** Jaeger's query API, as its own pages use it. */
export class JaegerApi {
  constructor(private readonly url: string) {}

  /** Trace ids of a service, at most `limit`. */
  async traceIds(service: string, limit = 20_000, tags: Tags = {}): Promise<string[]> {
    return (await this.find(service, limit, tags)).map(({ traceID }) => traceID);
  }

  /** Traces of a service, the newest first. */
  async search(service: string, limit: number, tags: Tags, from?: number): Promise<FoundTrace[]> {
    const found = (await this.find(service, limit, tags, from)).map(({ traceID, spans }) => {
      const [first] = [...spans].sort((a, b) => a.startTime - b.startTime);
      const end = Math.max(...spans.map(({ startTime, duration }) => startTime + duration));
      const milliseconds = (end - first!.startTime) / 1000;
      const startedAt = new Date(first!.startTime / 1000);
      return { traceId: traceID, name: `${service}: ${first!.operationName}`, startedAt, milliseconds };
    });
    return found.sort((a, b) => Number(b.startedAt) - Number(a.startedAt));
  }

  async services(): Promise<readonly string[]> {
    const { data } = await json<{ data: readonly string[] | null }>(new URL('/api/services', this.url));
    return [...(data ?? [])].sort();
  }

  private async find(
    service: string,
    limit: number,
    tags: Tags,
    from?: number,
  ): Promise<NonNullable<Found['data']>> {
    const url = new URL('/api/traces', this.url);
    url.search = new URLSearchParams({
      service,
      limit: String(limit),
      ...(from === undefined
        ? { lookback: '1h' }
        : { start: String(from * 1e6), end: String(Date.now() * 1000) }),
      ...(Object.keys(tags).length > 0 && { tags: JSON.stringify(tags) }),
    }).toString();
    const { data } = await json<Found>(url);
    return data ?? [];
  }

  /** The spans of a trace; throws when there is none. */
  async spans(traceId: string): Promise<readonly JaegerSpan[]> {
    const { data } = await json<Found>(new URL(`/api/traces/${traceId}`, this.url));
    const { spans, processes } = data![0]!;
    return spans.map(({ spanID, operationName, processID, startTime, duration, references, tags }) => ({
      spanId: spanID,
      name: operationName,
      service: processes[processID]?.serviceName ?? '',
      startedAt: new Date(startTime / 1000),
      milliseconds: duration / 1000,
      parentSpanId: references.find(({ refType }) => refType === 'CHILD_OF')?.spanID,
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    }));
  }
}
