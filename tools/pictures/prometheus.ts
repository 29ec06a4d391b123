import type { MeasuredSeries } from './measure.js';

type Point = readonly [number, string];
type Labels = Readonly<Record<string, string>>;

interface Result {
  readonly metric: Labels;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

interface Found {
  readonly resultType?: string;
  readonly result: readonly Result[] | Point;
}

export interface FoundAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing';
  readonly activeAt: string;
}

/** What keeps Prometheus from an answer: its message is enough for a person. */
export class PrometheusError extends Error {
  override readonly name = 'PrometheusError';
}

/** Beyond what Prometheus itself waits for a query, so that it can say so. */
const GRACE_SECONDS = 2;

/** Prometheus' answers as numbers. */
export class Prometheus {
  constructor(
    readonly url: string,
    private readonly timeoutSeconds = 20,
  ) {}

  async at(query: string, time: number): Promise<MeasuredSeries[]> {
    return seriesOf(await this.get<Found>('query', { query, time: String(time) }));
  }

  async along(
    query: string,
    { start, end, step }: { start: number; end: number; step: number },
  ): Promise<MeasuredSeries[]> {
    const range = { start: String(start), end: String(end), step: String(step) };
    return seriesOf(await this.get<Found>('query_range', { query, ...range }));
  }

  async alerts(): Promise<readonly FoundAlert[]> {
    return (await this.get<{ alerts: readonly FoundAlert[] }>('alerts', {})).alerts;
  }

  /** Of the series that match, sorted. */
  labelValues(label: string, match: string, start: number): Promise<readonly string[]> {
    return this.get(`label/${encodeURIComponent(label)}/values`, { 'match[]': match, start: String(start) });
  }

  /** Whether a browser finds its pages there: one that is built from the Go module has none. */
  async hasPages(): Promise<boolean> {
    try {
      const { ok, headers } = await this.fetched('/query');
      return ok && headers.get('content-type')?.startsWith('text/html') === true;
    } catch {
      return false;
    }
  }

  /** @throws PrometheusError when it does not answer, or with what it says is wrong */
  private async get<T>(what: string, parameters: Record<string, string>): Promise<T> {
    const asked = new URLSearchParams({ ...parameters, timeout: `${this.timeoutSeconds}s` });
    const response = await this.fetched(`/api/v1/${what}?${asked.toString()}`);
    const text = await response.text();
    let answer: { data?: T; error?: string } = {};
    try {
      answer = JSON.parse(text) as typeof answer;
    } catch {
      // Said below.
    }
    if (response.ok && answer.data !== undefined) return answer.data;
    const said = answer.error ?? text.slice(0, 200).trim();
    throw new PrometheusError(`Prometheus at ${this.url} answers ${response.status}: ${said}`);
  }

  private async fetched(path: string): Promise<Response> {
    try {
      const signal = AbortSignal.timeout((this.timeoutSeconds + GRACE_SECONDS) * 1000);
      return await fetch(this.url + path, { signal });
    } catch (error) {
      const { message, cause } = error as Error;
      const why = (cause instanceof Error && cause.message) || message;
      throw new PrometheusError(`Prometheus at ${this.url} does not answer: ${why}`, { cause: error });
    }
  }
}

/** A scalar is a series without labels. */
function seriesOf({ resultType, result }: Found): MeasuredSeries[] {
  const results =
    resultType === 'scalar' || resultType === 'string'
      ? [{ metric: {}, value: result as Point }]
      : (result as readonly Result[]);
  return results.map(({ metric, value, values }: Result) => ({
    labels: metric,
    points: (values ?? (value === undefined ? [] : [value])).map(([at, text]) => [at, Number(text)]),
  }));
}
