import { MeterProvider } from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { createServer } from 'node:http';
import { runInNewContext } from 'node:vm';
import { compareOptions } from '../../src/options/same-options.js';

// What a module makes of its options when it is evaluated again, as a dev server does.

const clock = (): (() => number) => () => 5;
const processor = () => new SimpleSpanProcessor(new InMemorySpanExporter());
/** A class that is evaluated again is another class. */
const hookOf = () => {
  class Hook {
    inject() {}
  }
  return new Hook();
};

test.each<[string, () => unknown, string[]]>([
  ['data', () => ({ prometheus: { port: 1 }, resource: { a: [1, 2] } }), []],
  ['data of another realm', () => runInNewContext('({ resource: { a: [1] } })') as unknown, []],
  ['a function', () => ({ clock: clock() }), ['clock']],
  ['a sampler', () => ({ traces: { sampler: new TraceIdRatioBasedSampler(0.5) } }), ['traces.sampler']],
  ['processors', () => ({ traces: { spanProcessors: [processor()] } }), ['traces.spanProcessors.0']],
  ['a class of the module', () => ({ propagators: [hookOf()] }), ['propagators.0']],
  ['bytes', () => ({ otlp: { httpAgentOptions: { ca: Buffer.from('pem') } } }), []],
  ['a function in a section', () => ({ otlp: { httpAgentOptions: () => null } }), ['otlp.httpAgentOptions']],
])('%s, made again, is the same', (_, make, alike) => {
  expect(compareOptions(make(), make())).toEqual({ same: true, alike });
});

function inItself(): object {
  const resource: Record<string, unknown> = {};
  return Object.assign(resource, { resource });
}
const server = createServer();
test.each<[string, unknown, unknown]>([
  ['port', { prometheus: { port: 1 } }, { prometheus: { port: 2 } }],
  ['list', { resource: { a: [1] } }, { resource: { a: [1, 2] } }],
  ['option more', {}, { policyMode: 'strict' }],
  ['function', { clock: () => 1 }, { clock: () => 2 }],
  ['ratio', new TraceIdRatioBasedSampler(0.5), new TraceIdRatioBasedSampler(0.1)],
  ['certificate', { ca: Buffer.from('a') }, { ca: Buffer.from('b') }],
  ['class', { traces: { sampler: processor() } }, { traces: { sampler: hookOf() } }],
  ['provider', { meterProvider: new MeterProvider() }, { meterProvider: new MeterProvider() }],
  ['plain provider', { tracerProvider: { getTracer: clock } }, { tracerProvider: { getTracer: clock } }],
  ['server', { prometheus: { server } }, { prometheus: { server: createServer() } }],
  ['value where none was', { otlp: false }, { otlp: {} }],
  ['object within itself', inItself(), inItself()],
  ['object that cannot be read', { clock: Object.create(null, { constructor: { value: 1 } }) }, { clock }],
])('another %s is other options', (_, a, b) => {
  expect(compareOptions(a, b)).toEqual({ same: false, alike: [] });
});

test('the same provider and server are the same', () => {
  const options = { meterProvider: new MeterProvider(), prometheus: { server } };
  expect(compareOptions(options, { ...options, prometheus: { server } })).toEqual({ same: true, alike: [] });
});
