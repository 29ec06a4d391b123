import { json } from './json.js';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

interface Answer<T> {
  readonly data: T;
}

/** Prometheus' HTTP API. */
export class PrometheusApi {
  constructor(private readonly url: string) {}

  /** An instant query. */
  async query(expression: string): Promise<readonly Sample[]> {
    type Vector = { result: { metric: Record<string, string>; value: [number, string] }[] };
    const { data } = await this.get<Vector>('query', { query: expression });
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  }

  /** The sum of the samples that an instant query finds; 0 when there is none. */
  async sum(expression: string): Promise<number> {
    return (await this.query(expression)).reduce((sum, { value }) => sum + value, 0);
  }

  /** Times (Unix seconds) and values of every stored sample of the last minutes, of all series that match. */
  async stored(selector: string, window = '10m'): Promise<readonly (readonly [number, number])[]> {
    type Matrix = { result: { values: [number, string][] }[] };
    const { data } = await this.get<Matrix>('query', { query: `${selector}[${window}]` });
    return data.result.flatMap(({ values }) => values.map(([at, value]) => [at, Number(value)] as const));
  }

  /** Trace ids of the exemplars of a metric. */
  async exemplarTraceIds(selector: string): Promise<string[]> {
    type Series = { exemplars: { labels: Record<string, string> }[] }[];
    const seconds = Date.now() / 1000;
    const range = { start: String(seconds - 3600), end: String(seconds + 60) };
    const { data } = await this.get<Series>('query_exemplars', { query: selector, ...range });
    return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id!));
  }

  async alerts(): Promise<readonly Alert[]> {
    return (await this.get<{ alerts: Alert[] }>('alerts', {})).data.alerts;
  }

  private get<T>(what: string, parameters: Record<string, string>): Promise<Answer<T>> {
    return json(`${this.url}/api/v1/${what}?${new URLSearchParams(parameters).toString()}`);
  }
}
