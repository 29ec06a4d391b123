/** Number data points of one metric, as a sender makes them. */
export interface SentMetric {
  readonly name: string;
  /** Of a counter unless it says otherwise; `none` has no data at all. */
  readonly kind?: 'delta' | 'gauge' | 'none';
  readonly points: readonly SentPoint[];
}

export interface SentPoint {
  readonly value: number;
  readonly atMillis: number;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Sends metrics of one sender in one OTLP request; gives the status of the answer. */
export async function sendMetrics(
  url: string,
  resource: Readonly<Record<string, string>>,
  metrics: readonly SentMetric[],
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const scopeMetrics = [{ scope: { name: 'sender' }, metrics: metrics.map(metricMessage) }];
  const resourceMetrics = [{ resource: { attributes: keyValues(resource) }, scopeMetrics }];
  const response = await fetch(`${url}/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ resourceMetrics }),
  });
  await response.arrayBuffer();
  return response.status;
}

function metricMessage({ name, kind, points }: SentMetric): object {
  if (kind === 'none') return { name };
  const dataPoints = points.map(({ value, atMillis, attributes = {} }) => ({
    asDouble: value,
    timeUnixNano: `${atMillis}000000`,
    attributes: keyValues(attributes),
  }));
  if (kind === 'gauge') return { name, gauge: { dataPoints } };
  return { name, sum: { dataPoints, isMonotonic: true, aggregationTemporality: kind === 'delta' ? 1 : 2 } };
}

function keyValues(attributes: Readonly<Record<string, string>>): object[] {
  return Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
