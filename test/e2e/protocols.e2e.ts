import { ALLOWED, DENIED } from './support/kernel-host.js';
import { eventually } from './support/eventually.js';
import { observed } from './support/observed.js';
import { stackOfEachTest } from './support/test-stack.js';

const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;

describe('the protocols of OTLP', () => {
  const stackOf = stackOfEachTest();

  it('bring the same spans and metrics through the Collector', async () => {
    const stack = stackOf();
    await Promise.all([stack.startJaeger(), stack.startPrometheus()]);
    await stack.startCollector({ files: ['base', 'backends/jaeger', 'backends/prometheus'] });
    const seen: unknown[] = [];
    for (const protocol of PROTOCOLS) {
      const serviceName = `by-${protocol.replace('/', '-')}`;
      const kernel = await stack.startHost({
        serviceName,
        prometheus: false,
        otlp: {
          endpoint: protocol === 'grpc' ? stack.otlpGrpcUrl : stack.otlpUrl,
          protocol,
          compression: 'gzip',
        },
        metrics: { otlp: true },
      });
      await kernel.act('agent-7', ALLOWED, 3);
      const [traceId] = await kernel.act('agent-7', DENIED);
      await kernel.flush();
      const spans = await eventually(`the trace by ${protocol}`, async () => {
        const found = await stack.jaeger.spans(traceId!);
        return found.length === 3 ? found : undefined;
      });
      const requests = await eventually(`the metrics by ${protocol}`, async () => {
        const query = `agent_os_requests_total{service_name="${serviceName}"}`;
        const samples = await stack.prometheus.query(query);
        return samples.length === 2 ? samples : undefined;
      });
      expect(await kernel.spansLost()).toBe(0);
      seen.push({
        spans: spans.map(({ name }) => name).sort(),
        requests: requests
          .map(({ labels, value }) => `${labels['action']} ${labels['status']} ${value}`)
          .sort(),
      });
    }
    expect(seen[0]).toEqual({
      spans: ['kernel.execute', 'kernel.policy_check', 'kernel.violation'],
      requests: [`${DENIED} denied 1`, `${ALLOWED} success 3`].sort(),
    });
    for (const other of seen.slice(1)) expect(other).toEqual(seen[0]);
    observed('protocols', 'OTLP by HTTP in protobuf and JSON, and by gRPC, all with gzip', [
      'the same spans in Jaeger and the same counts in Prometheus by each; nothing lost at the SDK',
    ]);
  });
});
