import { ROOT_CONTEXT, trace, type Span } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import * as sdk3 from '@opentelemetry/sdk-trace';
import * as sdk2 from '@opentelemetry/sdk-trace-base';
import { startOtlpReceiver } from '../../support/otlp-receiver.js';
import type { SpanProcessor } from '../../../src/common/host-types.js';
import { recorded, scriptedSampler } from './support.js';

const nothing: SpanProcessor = {
  onStart() {},
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};

function work({ provider }: ReturnType<typeof recorded>): void {
  const tracer = provider.getTracer('scope', '1.0');
  const parent = tracer.startSpan('parent', { attributes: { a: 1 } });
  const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent));
  child
    .addEvent('e', { b: [1, 2] })
    .addLink({ context: parent.spanContext() })
    .setStatus({ code: 2, message: 'm' });
  child.end();
  parent.end();
}

test('a processor sees a span start, end while it can still be written, and ended', () => {
  const seen: unknown[] = [];
  const look = (what: string) => (span: unknown) => {
    const { ended, name } = span as { ended: boolean; name: string };
    seen.push([what, name, ended]);
    (span as Span).setAttribute(what, true);
    if (what === 'ending') (span as Span).end(); // it does so already
  };
  const processor = { ...nothing, onStart: look('start'), onEnding: look('ending'), onEnd: look('end') };
  const traces = recorded({ processors: [processor] });
  traces.provider.getTracer('t').startSpan('s').end();
  expect(seen).toEqual([
    ['start', 's', false],
    ['ending', 's', false],
    ['end', 's', true],
  ]);
  expect(traces.sent()[0]?.attributes).toEqual({ start: true, ending: true });
});

test('what a processor takes out of an ended span is not sent', () => {
  const onEnd = (span: unknown) => {
    const { attributes, events } = span as {
      attributes: Record<string, unknown>;
      events: { attributes: object }[];
    };
    attributes['a'] = '[redacted]';
    events[0]!.attributes = new Proxy({}, { ownKeys: () => undefined!['x'] });
    (span as { name: unknown }).name = 7;
    (span as { status: unknown }).status = { code: 99, message: {} };
  };
  const traces = recorded({ processors: [{ ...nothing, onEnd }] });
  const span = traces.provider.getTracer('t').startSpan('s', { attributes: { a: 'secret' } });
  span.addEvent('e', { secret: 'secret' });
  span.end();
  expect(traces.sent()[0]).toMatchObject({
    name: '7',
    attributes: { a: '[redacted]' },
    events: [{ name: 'e', attributes: {} }],
    status: { code: 'unset', message: '' },
  });
});

test('spans that are recorded and not sampled are for processors alone', () => {
  const ended: unknown[] = [];
  const traces = recorded({
    sampler: scriptedSampler(() => ({ decision: 1 })),
    processors: [{ ...nothing, onEnd: (span) => void ended.push(span) }],
  });
  traces.provider.getTracer('t').startSpan('s').end();
  expect([ended.length, traces.spans.length]).toEqual([1, 0]);
});

test.each<[string, () => unknown]>([
  ['throws', () => undefined!['x']],
  ['rejects', async () => undefined!['x']],
])('a processor that %s costs no span and no other processor, and is said once', async (_, fail) => {
  const ended: unknown[] = [];
  const failing = { onStart: fail, onEnding: fail, onEnd: fail, forceFlush: fail, shutdown: fail };
  const traces = recorded({
    processors: [failing as never, {} as never, { ...nothing, onEnd: (span) => void ended.push(span) }],
  });
  traces.provider.getTracer('t').startSpan('s').end();
  await traces.provider.forceFlush();
  await traces.provider.shutdown();
  expect([ended.length, traces.spans.length]).toEqual([1, 1]);
  expect(traces.said.filter((line) => !line.startsWith('a span processor of the host failed'))).toEqual([]);
  expect(traces.said).not.toEqual([]);
});

test('spans go on to the sink after the shutdown, which knows what is late', async () => {
  const traces = recorded();
  await traces.provider.shutdown();
  traces.provider.getTracer('t').startSpan('s').end();
  expect(traces.spans).toHaveLength(1);
});

test.each([
  ['sdk-trace-base', sdk2, (exporter: unknown) => exporter],
  ['sdk-trace', sdk3, (exporter: unknown) => ({ exporter })],
])('processors and exporters of %s work with our spans', async (_, sdk, options) => {
  const exporter = new sdk.InMemorySpanExporter();
  const shown = jest.spyOn(console, 'dir').mockImplementation(() => {});
  const traces = recorded({
    processors: [
      new sdk.SimpleSpanProcessor(options(exporter) as never),
      new sdk.BatchSpanProcessor(options(new sdk.ConsoleSpanExporter()) as never),
    ],
  });
  work(traces);
  await traces.provider.forceFlush();
  const [child, parent] = exporter.getFinishedSpans();
  expect(child).toMatchObject({
    name: 'child',
    parentSpanContext: parent?.spanContext(),
    attributes: {},
    events: [{ name: 'e', attributes: { b: [1, 2] } }],
    links: [{ context: parent?.spanContext() }],
    status: { code: 2, message: 'm' },
    ended: true,
    duration: [0, 0],
    instrumentationScope: { name: 'scope', version: '1.0' },
  });
  expect(shown.mock.calls.map(([span]) => span.name)).toEqual(['child', 'parent']);
  await traces.provider.shutdown();
});

test('the OTLP exporter of the official SDK sends our spans as we do', async () => {
  const receiver = await startOtlpReceiver();
  const exporter = new OTLPTraceExporter({ url: `${receiver.url}/v1/traces` });
  const traces = recorded();
  work(traces);
  const result = await new Promise<{ code: number }>((resolve) =>
    exporter.export(traces.spans as never, resolve),
  );
  expect(result.code).toBe(ExportResultCode.SUCCESS);
  expect(receiver.spans).toEqual(traces.sent());
  await exporter.shutdown();
  await receiver.close();
});
