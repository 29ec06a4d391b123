// A host that sends its spans to Langfuse by its processor, which is built on SDK 2.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { initObservability } from 'agent-os-observability';

const KEYS = { publicKey: 'pk-lf-test', secretKey: 'sk-lf-test', environment: 'staging' };
const start = (processor) =>
  initObservability({
    serviceName: 'kernel',
    prometheus: false,
    otlp: false,
    signalHandlers: false,
    traces: { spanProcessors: [processor] },
  });
const generate = (obs) =>
  obs.tracer.execute({ agentId: 'support-1', action: 'read' }, () => {
    const span = trace.getTracer('host').startSpan('chat');
    span.setAttribute('gen_ai.operation.name', 'chat').setAttribute('gen_ai.prompt', 'key sk_123');
    span.end();
  });

test('its default filter passes the spans of models on, with its own attributes', async () => {
  const exporter = new InMemorySpanExporter();
  const obs = start(new LangfuseSpanProcessor({ ...KEYS, exporter }));
  generate(obs);
  await obs.forceFlush();
  const chat = exporter.getFinishedSpans().find(({ name }) => name === 'chat');
  assert.equal(chat.attributes['gen_ai.operation.name'], 'chat');
  assert.equal(chat.attributes['langfuse.environment'], 'staging');
  await obs.shutdown();
});

test('with a filter of the host all spans arrive, as a tree', async () => {
  const exporter = new InMemorySpanExporter();
  const obs = start(new LangfuseSpanProcessor({ ...KEYS, exporter, shouldExportSpan: () => true }));
  generate(obs);
  await obs.forceFlush();
  const [chat, execute] = exporter.getFinishedSpans();
  assert.equal(chat.parentSpanContext.spanId, execute.spanContext().spanId);
  await obs.shutdown();
});

test('by its own exporter the spans reach its endpoint', async () => {
  const bodies = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => (body += text));
    request.on('end', () => {
      bodies.push({ path: request.url, body });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  const obs = start(new LangfuseSpanProcessor({ ...KEYS, baseUrl }));
  generate(obs);
  await obs.shutdown();
  server.close();
  const [request] = bodies.filter(({ path }) => path === '/api/public/otel/v1/traces');
  const { resourceSpans } = JSON.parse(request.body);
  const names = resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
  );
  assert.ok(names.includes('chat'));
  assert.match(JSON.stringify(resourceSpans[0].resource), /"kernel"/);
});
