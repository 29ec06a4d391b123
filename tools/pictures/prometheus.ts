import { json } from '../../test/e2e/support/json.js';
import type { MeasuredSeries } from './measure.js';

type Point = readonly [number, string];

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: Point;
  readonly values?: readonly Point[];
}

/** Prometheus' answers as numbers. */
export class Prometheus {
  constructor(private readonly url: string) {}

  at(query: string, time: number): Promise<MeasuredSeries[]> {
    return this.get('query', { query, time: String(time) });
  }

  along(query: string, range: { start: number; end: number; step: number }): Promise<MeasuredSeries[]> {
    const { start, end, step } = range;
    return this.get('query_range', { query, start: String(start), end: String(end), step: String(step) });
  }

  private async get(what: string, parameters: Record<string, string>): Promise<MeasuredSeries[]> {
    const address = `${this.url}/api/v1/${what}?${new URLSearchParams(parameters).toString()}`;
    const { data } = await json<{ data: { result: readonly Result[] } }>(address);
    return data.result.map(({ metric, value, values }) => ({
      labels: metric,
      points: (values ?? (value === undefined ? [] : [value])).map(([at, text]) => [at, Number(text)]),
    }));
  }
}
