// A host that has chosen the official packages, of either version that is supported.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { initObservability } from 'agent-os-observability';

const received = [];
const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    received.push({ path: request.url, body: Buffer.concat(chunks) });
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
});
let endpoint = '';
before(
  () =>
    new Promise((listening) =>
      server.listen(0, '127.0.0.1', () => {
        endpoint = `http://127.0.0.1:${server.address().port}`;
        listening();
      }),
    ),
);
after(() => server.close());

const start = (options) =>
  initObservability({
    serviceName: 'kernel',
    serviceVersion: '1.4.0',
    prometheus: false,
    otlp: { endpoint },
    signalHandlers: false,
    registerGlobally: false,
    ...options,
  });
/** A page without what differs from run to run. */
const pageOf = async (options) => {
  const obs = start({ ...options, otlp: false });
  obs.kernel.recordViolation({ agentId: 'a', action: 'delete', policy: 'files', severity: 'high' });
  obs.kernel.recordRequest({ action: 'delete', status: 'denied' });
  obs.kernel.recordKernelCrash();
  obs.meterProvider.getMeter('host').createHistogram('size').record(3, { kind: 'a' });
  const page = await obs.export();
  await obs.shutdown();
  return page
    .split('\n')
    .filter(
      (line) =>
        !/target_info|agent_os_telemetry_|kernel_uptime_seconds|kernel_(start|heartbeat)_timestamp_seconds/.test(
          line,
        ),
    )
    .sort();
};

test('the page is that of the native pipeline', async () => {
  const official = await pageOf({ pipeline: 'otel-sdk' });
  assert.ok(official.some((line) => line === 'agent_os_kernel_crashes_total 1'));
  assert.deepEqual(official, await pageOf({}));
});

test('spans and metrics are sent by OTLP, odd values included', async () => {
  const obs = start({ pipeline: 'otel-sdk', metrics: { otlp: true } });
  const tracer = obs.tracerProvider.getTracer('host');
  tracer.startSpan('before-it').end();
  tracer.startSpan('odd').updateName(42).setStatus({ code: 'ERROR' }).end();
  tracer.startSpan('after-it').end();
  obs.kernel.recordKernelCrash();
  await obs.shutdown();
  const sent = (path) =>
    Buffer.concat(received.filter((request) => request.path === path).map(({ body }) => body));
  for (const text of ['before-it', 'after-it', 'kernel', 'telemetry.sdk.version'])
    assert.ok(sent('/v1/traces').includes(text), text);
  assert.ok(sent('/v1/metrics').includes('agent_os_kernel_crashes_total'));
});

test('the sampler and the limits that the environment names hold', async () => {
  process.env.OTEL_TRACES_SAMPLER = 'always_off';
  const dropping = start({ pipeline: 'otel-sdk' });
  assert.equal(dropping.tracerProvider.getTracer('host').startSpan('dropped').isRecording(), false);
  await dropping.shutdown();
  delete process.env.OTEL_TRACES_SAMPLER;

  process.env.OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT = '3';
  const cutting = start({ pipeline: 'otel-sdk' });
  const span = cutting.tracerProvider.getTracer('host').startSpan('cut', { attributes: { long: 'abcdef' } });
  assert.equal(span.attributes.long, 'abc');
  span.end();
  await cutting.shutdown();
  delete process.env.OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT;
});
