import { context, createNoopMeter, diag, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObservabilityOptions } from '../../src/index.js';
import { createTestObservability } from '../../src/testing/index.js';
import { observed } from './support.js';

// shutdown() took back what the host had registered since; and a start that threw half way left globals, listeners and
// a claim behind.

const APIS = { metrics, trace, context, propagation, diag };
const API_GLOBALS = Symbol.for('opentelemetry.js.api.1');
const registered = (): Record<string, unknown> => {
  const { version: _, ...parts } = (globalThis as Record<symbol, Record<string, unknown>>)[API_GLOBALS] ?? {};
  return parts;
};
const logger = { error() {}, warn() {}, info() {}, debug() {}, verbose() {} };
afterEach(() => {
  for (const api of Object.values(APIS)) api.disable();
});

const REPLACE: Record<keyof typeof APIS, () => void> = {
  metrics: () => metrics.setGlobalMeterProvider(new MeterProvider()),
  trace: () => trace.setGlobalTracerProvider(new BasicTracerProvider()),
  context: () => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()),
  propagation: () => propagation.setGlobalPropagator(new W3CTraceContextPropagator()),
  diag: () => diag.setLogger(logger),
};
const names = Object.keys(REPLACE) as (keyof typeof APIS)[];
const GLOBAL = { registerGlobally: true, diagnostics: 'error' } as const;

test.each(names)('what the host has registered for %s since is left to it by shutdown()', async (name) => {
  const obs = observed(GLOBAL);
  APIS[name].disable();
  REPLACE[name]();
  const theirs = registered()[name];
  expect(theirs).toBeDefined();
  await obs.shutdown();
  expect(registered()[name]).toBe(theirs);
  for (const other of names) if (other !== name) expect(registered()[other]).toBeUndefined();
});

test('the context manager that the host has registered since outlives a test handle', async () => {
  const obs = createTestObservability();
  context.disable();
  REPLACE.context();
  const theirs = registered()['context'];
  await obs.shutdown();
  expect(registered()['context']).toBe(theirs);
});

const fail = (): never => {
  throw new Error('ill');
};
const EVENTS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'beforeExit', 'exit'];
const listeners = () => EVENTS.map((event) => process.listenerCount(event));

test.each<[string, ObservabilityOptions]>([
  ['meter provider fails', { meterProvider: { getMeter: fail } }],
  ['tracer provider fails', { tracerProvider: { getTracer: fail } }],
  ['propagator fails', { propagators: [{ inject: fail, extract: fail, fields: fail }] }],
  [
    'server takes no page',
    {
      prometheus: { server: Object.freeze(createServer()), unauthenticated: true },
      tracerProvider: new BasicTracerProvider(),
    },
  ],
])('a start whose %s leaves nothing behind', async (_, options) => {
  const before = listeners();
  expect(() => observed({ ...GLOBAL, signalHandlers: true, ...options })).toThrow();
  expect(registered()).toEqual({});
  expect(metrics.getMeter('x')).toBe(createNoopMeter());
  expect(listeners()).toEqual(before);
  expect(await observed().ready).toEqual({});
});

test('a start that throws leaves its port', async () => {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  expect(() => observed({ prometheus: { port }, tracerProvider: { getTracer: fail } })).toThrow('ill');
  const { metricsUrl } = await observed({ prometheus: { port } }).ready;
  expect(metricsUrl).toContain(`:${port}/`);
});

test('while a handle shuts down there is no other, and after it there is', async () => {
  const first = observed();
  const ended = first.shutdown();
  expect(() => observed()).toThrow(
    expect.objectContaining({
      code: 'AOO_ALREADY_INITIALIZED',
      message: expect.stringContaining('await its shutdown() first'),
    }),
  );
  await ended;
  expect(observed()).not.toBe(first);
});
