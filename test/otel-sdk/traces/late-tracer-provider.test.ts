import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { LateTracerProvider } from '../../../src/otel-sdk/traces/late-tracer-provider.js';

describe('a tracer provider that is made when the first span starts', () => {
  const open = () => {
    const exporter = new InMemorySpanExporter();
    const make = jest.fn(
      () => new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
    );
    const failed = jest.fn();
    return { provider: new LateTracerProvider(make, failed), make, failed, exporter };
  };

  it('records from tracers that it gave before and after, in their scopes', () => {
    const { provider, make, exporter } = open();
    const before = provider.getTracer('before', '1.0.0');
    expect(make).not.toHaveBeenCalled();
    before.startSpan('a').end();
    provider.getTracer('after').startActiveSpan('b', (span) => span.end());
    before.startActiveSpan('c', (span) => span.end());
    expect(
      exporter.getFinishedSpans().map(({ name, instrumentationScope: scope }) => [name, scope.name]),
    ).toEqual([
      ['a', 'before'],
      ['b', 'after'],
      ['c', 'before'],
    ]);
    expect(exporter.getFinishedSpans()[0]?.instrumentationScope.version).toBe('1.0.0');
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('is neither made nor asked by a flush and a shutdown without spans', async () => {
    const { provider, make } = open();
    await provider.forceFlush();
    await provider.shutdown();
    expect(make).not.toHaveBeenCalled();
  });

  it('gives spans that record nothing while it cannot be made, tells of each, and recovers', () => {
    const { provider, make, failed, exporter } = open();
    const error = new Error('too many open files');
    const fail = (): never => {
      throw error;
    };
    make.mockImplementationOnce(fail).mockImplementationOnce(fail);
    const tracer = provider.getTracer('t');
    expect(tracer.startSpan('lost').isRecording()).toBe(false);
    expect(tracer.startActiveSpan('lost', (span) => span.isRecording())).toBe(false);
    expect(failed.mock.calls).toEqual([[error], [error]]);
    tracer.startSpan('kept').end();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['kept']);
  });
});
