// One OTLP request as the SDK sends it, and where in its bytes to write so that each sending is a new one.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { initObservability, type Observability } from '../../src/index.js';
import { decodeMetricsRequest, decodeTraceRequest } from '../../test/support/otlp-decode.js';
import { Random } from '../../examples/demo/random.js';

export interface Batch {
  readonly path: '/v1/traces' | '/v1/metrics';
  readonly body: Buffer;
  /** Spans, or points, in it. */
  readonly items: number;
  /** Traces in it; 0 of metrics. */
  readonly traces: number;
  /** Of eight bytes each: right halves of trace ids (by which the sampler remembers) that become new with every sending, or times that become the present. */
  readonly offsets: readonly number[];
}

const SEED = 20_240_229;
const TRACES = 250;
/** One action in so many is denied, and its trace kept. */
const DENIED_EACH = 100;

/** Governed actions of 20 agents: kernel.execute with kernel.policy_check in it, and now and then a violation. */
export async function spanBatch(): Promise<Batch> {
  const random = Random.of(SEED, 'spans');
  const body = await captured('/v1/traces', async (obs) => {
    for (let i = 0; i < TRACES; i += 1) {
      const agentId = `agent-${Math.floor(random.between(0, 20))}`;
      const action = `action-${Math.floor(random.between(0, 30))}`;
      const denied = i % DENIED_EACH === 0;
      obs.tracer.execute({ agentId, action }, () => {
        const check = { agentId, action, policies: ['service-desk'] };
        obs.tracer.policyCheck(check, () => ({ allowed: !denied, action: denied ? 'deny' : 'allow' }));
        if (denied)
          obs.tracer.violation({ agentId, action, policy: 'service-desk', severity: 'high' }, () => {});
      });
    }
    await obs.forceFlush();
  });
  const spans = decodeTraceRequest(body);
  const ids = new Set(spans.map(({ traceId }) => traceId));
  const offsets = [...ids].flatMap((id) => positions(body, Buffer.from(id, 'hex')).map((at) => at + 8));
  return { path: '/v1/traces', body, items: spans.length, traces: ids.size, offsets };
}

/** About 10 000 series of counters and histograms, as of a kernel with many agents. */
export async function pointBatch(): Promise<Batch> {
  const body = await captured('/v1/metrics', async (obs) => {
    for (let agent = 0; agent < 4000; agent += 1) {
      const [agentId, action] = [`agent-${agent}`, `action-${agent % 30}`];
      obs.kernel.recordViolation({ agentId, action, policy: 'service-desk', severity: 'high' });
      obs.kernel.recordBlocked({ agentId, action });
      obs.agent.recordLlmCall({ agentId, model: 'model-a' });
    }
    await obs.forceFlush();
  });
  const points = decodeMetricsRequest(body).flatMap((metric) => metric.points);
  const offsets = new Set(
    [...new Set(points.map(({ timeNanos }) => timeNanos))].flatMap((nanos) => {
      // Field 3 of a point, eight bytes: what comes before tells a time from anything that looks like it.
      const tagged = Buffer.alloc(9);
      tagged[0] = 0x19;
      tagged.writeBigUInt64LE(nanos, 1);
      return positions(body, tagged).map((at) => at + 1);
    }),
  );
  if (offsets.size !== points.length)
    throw new Error(`${points.length} points, but ${offsets.size} times in the request`);
  return { path: '/v1/metrics', body, items: points.length, traces: 0, offsets: [...offsets] };
}

function positions(body: Buffer, wanted: Buffer): number[] {
  const found: number[] = [];
  for (let at = body.indexOf(wanted); at >= 0; at = body.indexOf(wanted, at + 1)) found.push(at);
  return found;
}

/** The largest request for that path that the SDK sends while `record` runs. */
async function captured(path: Batch['path'], record: (obs: Observability) => Promise<void>): Promise<Buffer> {
  const bodies: Buffer[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === path) bodies.push(Buffer.concat(chunks));
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const obs = initObservability({
    serviceName: 'benchmark',
    prometheus: false,
    otlp: { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    traces: { maxExportBatchSize: 2048 },
    metrics: { otlp: path === '/v1/metrics', cardinalityLimits: { id: 10_000 } },
    signalHandlers: false,
  });
  await record(obs);
  await obs.shutdown();
  await new Promise((resolve) => server.close(resolve));
  return bodies.reduce((largest, body) => (body.length > largest.length ? body : largest));
}
