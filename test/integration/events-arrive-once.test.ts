import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Observability, ObservabilityOptions } from '../../src/index.js';
import { sampleValue } from '../../src/testing/samples.js';
import { exposed, observed } from '../regression/support.js';
import { decodeLogsRequest, type DecodedLogRecord } from '../support/otlp-decode.js';

// What is counted is also told: a violation arrives as an event, whether a span is there, or sampled, or not.

const VIOLATIONS = 1000;
const SAMPLES_NOTHING = { shouldSample: () => ({ decision: 0 }), toString: () => 'AlwaysOff' };

let server: Server;
const arrived: DecodedLogRecord[] = [];
/** Requests that are still to be answered 503. */
let away = 0;

beforeEach(async () => {
  arrived.length = 0;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url !== '/v1/logs') return response.writeHead(200).end();
      if (away-- > 0) return response.writeHead(503, { 'retry-after': '0' }).end();
      arrived.push(...decodeLogsRequest(Buffer.concat(chunks)));
      return response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  context.disable();
  server.closeAllConnections();
  server.close();
});

function started(events: ObservabilityOptions['events'] = {}): Observability {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return observed({ otlp: { endpoint }, traces: { sampler: SAMPLES_NOTHING }, events });
}

function violate(obs: Observability): void {
  for (let index = 0; index < VIOLATIONS; index++)
    obs.kernel.recordViolation({ agentId: `a${index}`, action: 'delete_file', policy: 'files' });
}

const agents = (): Set<unknown> => new Set(arrived.map(({ attributes }) => attributes['agent.id']));

async function counted(obs: Observability, reason: string): Promise<number | undefined> {
  return sampleValue(await exposed(obs), 'agent_os_telemetry_dropped_total', { signal: 'logs', reason });
}

test('1 000 violations that no span was sampled for arrive once, with the collector away for a while', async () => {
  away = 5;
  const obs = started();
  violate(obs);
  await obs.forceFlush();
  expect(away).toBeLessThan(0);
  expect(arrived).toHaveLength(VIOLATIONS);
  expect(agents().size).toBe(VIOLATIONS);
  expect(await counted(obs, 'queue_full')).toBe(0);
  expect(await counted(obs, 'export_failed')).toBe(0);
});

test('with room for 100 those that arrive and those that are counted are 1 000', async () => {
  away = 2;
  const obs = started({ maxQueueSize: 100 });
  violate(obs);
  await obs.forceFlush();
  expect(arrived.length).toBeGreaterThanOrEqual(100);
  expect(agents().size).toBe(arrived.length);
  expect(arrived.length + ((await counted(obs, 'queue_full')) ?? 0)).toBe(VIOLATIONS);
});

test('an event is in the trace that is active, sampled or not, and says what was broken', async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const obs = started();
  const { spanContext } = obs.tracer.execute({ agentId: 'a', action: 'delete_file' }, (span) => {
    const violation = { agentId: 'a', action: 'delete_file', policy: 'files', rule: 'no-delete' } as const;
    obs.kernel.recordViolation({
      ...violation,
      severity: 'critical',
      blocked: true,
      reason: 'password=hunter22',
    });
    return { spanContext: span.spanContext() };
  });
  await obs.forceFlush();
  expect(arrived).toHaveLength(1);
  const [event] = arrived;
  expect(event).toMatchObject({
    eventName: 'agent_os.violation',
    severityText: 'FATAL',
    severityNumber: 21,
    traceId: spanContext.traceId,
    spanId: spanContext.spanId,
    flags: 0,
    resource: { 'service.name': 't' },
    scope: { name: 'agent-os-observability' },
    attributes: {
      'agent.id': 'a',
      'agent_os.action': 'delete_file',
      'agent_os.policy': 'files',
      'agent_os.rule': 'no-delete',
      'agent_os.severity': 'critical',
      'agent_os.blocked': true,
    },
  });
  expect(event?.attributes['agent_os.reason']).not.toContain('hunter22');
});

test.each(['http/json', 'http/protobuf'] as const)(
  'events go by %s where that is the protocol',
  async (protocol) => {
    const types: unknown[] = [];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      types.push([request.url, request.headers['content-type']]);
      request.resume().on('end', () => response.writeHead(200).end());
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const obs = observed({ otlp: { endpoint, protocol } });
    obs.kernel.recordSignal({ signal: 'SIGSTOP', reason: 'quarantine' });
    await obs.forceFlush();
    const type = protocol === 'http/json' ? 'application/json' : 'application/x-protobuf';
    expect(types).toEqual([['/v1/logs', type]]);
  },
);
