// Loads a second copy of the API from a folder, before or after the start, and says what became of its telemetry:
// node api-copies.ts FOLDER before|after|first
import { createRequire } from 'node:module';
import type * as Api from '@opentelemetry/api';
import { initObservability } from '../../../src/index.js';

const [folder = '', when] = process.argv.slice(2);
const load = (): typeof Api => createRequire(`${folder}/host.cjs`)('@opentelemetry/api') as typeof Api;

const early = when === 'after' ? undefined : load();
const host = early && new early.ProxyTracerProvider().getTracer('host');
if (host && when === 'first') early.trace.setGlobalTracerProvider({ getTracer: () => host });
const obs = initObservability({ serviceName: 't', prometheus: false, otlp: false });
const api = early ?? load();
console.log('library', api.metrics.getMeter('library') === api.createNoopMeter() ? 'no-op' : 'records');
await obs.shutdown();
