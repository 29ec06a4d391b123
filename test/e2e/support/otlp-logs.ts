/** An event as a kernel sends it. */
export interface SentEvent {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** @defaultValue ERROR */
  readonly severity?: 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  /** @defaultValue now */
  readonly atMillis?: number;
  readonly traceId?: string;
  readonly spanId?: string;
}

const SEVERITIES = { INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };

/** Sends events of one service in one OTLP request, and refuses anything but an acceptance of all. */
export async function sendEvents(url: string, service: string, events: readonly SentEvent[]): Promise<void> {
  const now = Date.now();
  const logRecords = events.map(
    ({ name, attributes, severity = 'ERROR', atMillis, traceId = '', spanId = '' }) => ({
      timeUnixNano: `${atMillis ?? now}000000`,
      observedTimeUnixNano: `${now}000000`,
      severityNumber: SEVERITIES[severity],
      severityText: severity,
      eventName: name,
      attributes: keyValues(attributes),
      traceId,
      spanId,
    }),
  );
  const scopeLogs = [{ scope: { name: 'agent-os-observability', version: '0.1.0' }, logRecords }];
  const resource = {
    attributes: keyValues({
      'service.name': service,
      'deployment.environment.name': 'e2e',
      'host.name': 'h1',
    }),
  };
  const response = await fetch(`${url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs }] }),
  });
  const answer = await response.text();
  if (!response.ok || answer.includes('rejected'))
    throw new Error(`not accepted: ${response.status} ${answer}`);
}

function keyValues(attributes: SentEvent['attributes']): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === 'string'
        ? { stringValue: value }
        : typeof value === 'boolean'
          ? { boolValue: value }
          : { doubleValue: value },
  }));
}
