import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { InMemorySpanExporter, type ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { LateSpanExporter } from '../../../src/otel-sdk/traces/late-span-exporter.js';

const span = (name: string) => ({ name }) as ReadableSpan;
const exported = (exporter: LateSpanExporter, name: string): Promise<ExportResult> =>
  new Promise((resolve) => exporter.export([span(name)], resolve));

describe('an exporter that is made at the first export', () => {
  it('is made once, and never inside the call that exports', async () => {
    const inner = new InMemorySpanExporter();
    const make = jest.fn(() => inner);
    const exporter = new LateSpanExporter(make);
    const both = [exported(exporter, 'a'), exported(exporter, 'b')];
    expect(make).not.toHaveBeenCalled();
    expect(await Promise.all(both)).toEqual([{ code: 0 }, { code: 0 }]);
    await exported(exporter, 'c');
    expect(inner.getFinishedSpans().map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('is never made where nothing is exported', async () => {
    const make = jest.fn(() => new InMemorySpanExporter());
    const exporter = new LateSpanExporter(make);
    await exporter.forceFlush();
    await exporter.shutdown();
    expect(make).not.toHaveBeenCalled();
  });

  it('fails a batch with the reason that it could not be made, and is made for the next one', async () => {
    const error = new Error('too many open files');
    const inner = new InMemorySpanExporter();
    const make = jest
      .fn(() => inner)
      .mockImplementationOnce(() => {
        throw error;
      });
    const exporter = new LateSpanExporter(make);
    expect(await exported(exporter, 'a')).toEqual({ code: ExportResultCode.FAILED, error });
    expect(await exported(exporter, 'b')).toEqual({ code: ExportResultCode.SUCCESS });
    expect(inner.getFinishedSpans()).toHaveLength(1);
  });

  it('is flushed with what waited for it', async () => {
    const inner = new InMemorySpanExporter();
    const flushed: number[] = [];
    inner.forceFlush = async () => void flushed.push(inner.getFinishedSpans().length);
    const exporter = new LateSpanExporter(() => inner);
    exporter.export([span('a')], () => {});
    await exporter.forceFlush();
    expect(flushed).toEqual([1]);
  });
});
