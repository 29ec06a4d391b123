import { json } from './json.js';

export interface JaegerSpan {
  readonly spanId: string;
  readonly name: string;
  readonly parentSpanId: string | undefined;
  readonly tags: Readonly<Record<string, unknown>>;
}

interface Found {
  readonly data:
    | readonly {
        readonly traceID: string;
        readonly spans: readonly {
          readonly spanID: string;
          readonly operationName: string;
          readonly references: readonly { readonly refType: string; readonly spanID: string }[];
          readonly tags: readonly { readonly key: string; readonly value: unknown }[];
        }[];
      }[]
    | null;
}

/** Jaeger's query API, as its own pages use it. */
export class JaegerApi {
  constructor(private readonly url: string) {}

  /** Trace ids of a service, at most `limit`. */
  async traceIds(
    service: string,
    limit = 20_000,
    tags: Readonly<Record<string, string>> = {},
  ): Promise<string[]> {
    const url = new URL('/api/traces', this.url);
    url.search = new URLSearchParams({
      service,
      limit: String(limit),
      lookback: '1h',
      ...(Object.keys(tags).length > 0 && { tags: JSON.stringify(tags) }),
    }).toString();
    const { data } = await json<Found>(url);
    return (data ?? []).map(({ traceID }) => traceID);
  }

  /** The spans of a trace; throws when there is none. */
  async spans(traceId: string): Promise<readonly JaegerSpan[]> {
    const { data } = await json<Found>(new URL(`/api/traces/${traceId}`, this.url));
    return data![0]!.spans.map(({ spanID, operationName, references, tags }) => ({
      spanId: spanID,
      name: operationName,
      parentSpanId: references.find(({ refType }) => refType === 'CHILD_OF')?.spanID,
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    }));
  }
}
