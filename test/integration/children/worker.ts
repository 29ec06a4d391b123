import { isMainThread, parentPort, threadId } from 'node:worker_threads';
import { createServer } from 'node:http';
import { metrics } from '@opentelemetry/api';
import { initObservability } from '../../../src/index.js';

/**
 * One process or thread of a host with several. It does what it is told by lines of its standard input, by messages of its
 * primary, or of its thread's parent, and answers each with one line: worker.ts PORT MODE
 */
const [, , port = '0', mode = 'port'] = process.argv;
const server = mode === 'server' ? createServer((_, response) => void response.end('host')) : undefined;
const obs = initObservability({
  serviceName: 'workers',
  prometheus: server ? { server, unauthenticated: true } : { port: Number(port) },
  otlp: false,
  workers: { gauges: { largest: 'max' } },
});
server?.listen(Number(port), '127.0.0.1');
const meter = metrics.getMeter('host');
const counter = meter.createCounter('work');
const histogram = meter.createHistogram('took', { advice: { explicitBucketBoundaries: [1, 10] } });
let level = 0;
meter.createObservableGauge('level').addCallback((result) => result.observe(level));
meter.createObservableGauge('largest').addCallback((result) => result.observe(level));

const answers: Record<string, (value: number) => unknown> = {
  ready: () => obs.ready.then(({ metricsUrl }) => metricsUrl),
  add: (value) => {
    counter.add(value, { kind: 'a' });
    histogram.record(value);
    obs.kernel.recordKernelCrash();
  },
  level: (value) => void (level = value),
  flush: () => obs.forceFlush(),
  shutdown: () => obs.shutdown(),
  exit: () => process.exit(0),
};

async function answer(line: string): Promise<string> {
  const [command = '', value] = line.split(' ');
  return `${command} ${String(await answers[command]?.(Number(value)))}`;
}

if (!isMainThread && parentPort) {
  const port = parentPort;
  port.on('message', (line: string) => void answer(line).then((text) => port.postMessage(text)));
  port.postMessage(`thread ${threadId}`);
} else {
  process.on('message', (line: string) => void answer(line).then((text) => process.send?.(text)));
  process.send?.('started');
}
