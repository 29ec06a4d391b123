import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';

const CHILD = join(__dirname, 'children', 'loaded-modules.ts');
const TRACE_SDK = 'sdk-trace-base';
const STOCK_METRICS = ['sdk-metrics', 'exporter-prometheus'];
const EXPORTERS = ['exporter-trace-otlp-proto', 'exporter-metrics-otlp-proto', 'otlp-transformer'];

describe('the OpenTelemetry packages that are loaded', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => (receiver = await startOtlpReceiver()));
  afterEach(() => receiver.close());

  const loaded = async (disabled: string): Promise<Record<string, string[]>> => {
    const child = runChild(CHILD, { args: [receiver.url], env: { OTEL_SDK_DISABLED: disabled } });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    const lines = child.stdout.matchAll(/^(\w+) (\[.*\])$/gm);
    return Object.fromEntries([...lines].map(([, when, list]) => [when, JSON.parse(list!) as string[]]));
  };

  it('are the API alone with OTEL_SDK_DISABLED, also after a span and a flush', async () => {
    expect(await loaded('true')).toEqual({ start: ['api'], span: ['api'], flush: ['api'] });
  });

  it('are the trace SDK with the first span, and the exporter with the first export', async () => {
    const { start, span, flush } = await loaded('false');
    expect(start).toEqual(['api']);
    expect(span).toContain(TRACE_SDK);
    for (const name of [...STOCK_METRICS, ...EXPORTERS]) expect(span).not.toContain(name);
    expect(flush).toContain('exporter-trace-otlp-proto');
    expect(receiver.spans).toHaveLength(1);
  });
});
