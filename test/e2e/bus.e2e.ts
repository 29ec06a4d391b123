import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ObservabilityOptions } from '../../src/index.js';
import { Program } from '../../tools/stack/native/program.js';
import { freePort } from '../support/free-port.js';
import { eventually } from './support/eventually.js';
import { observed } from './support/observed.js';
import { stackOfEachTest, type TestStack } from './support/test-stack.js';

const PEER = fileURLToPath(new URL('children/bus-peer.ts', import.meta.url));
const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A broker of NATS, by the package nats-server of Debian. */
async function startBroker(stack: TestStack): Promise<{ url: string; program: Program }> {
  const [port, monitoring] = [await freePort(), await freePort()];
  const folder = stack.folder('nats');
  const program = await Program.start({
    name: 'nats-server',
    command: 'nats-server',
    args: ['-a', '127.0.0.1', '-p', String(port), '-m', String(monitoring)],
    env: { PATH: `${process.env['PATH']}:/usr/sbin` },
    cwd: folder,
    readyUrl: `http://127.0.0.1:${monitoring}/healthz`,
    logFile: join(folder, 'nats.log'),
  });
  return { url: `nats://127.0.0.1:${port}`, program };
}

function startPeer(role: 'publisher' | 'consumer', broker: string, otlpUrl: string) {
  const options: ObservabilityOptions = {
    serviceName: `e2e-${role}`,
    prometheus: false,
    otlp: { endpoint: otlpUrl },
  };
  const child = fork(PEER, [role, broker, JSON.stringify(options)], {
    execArgv: ['--import', LOADER],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const next = async (): Promise<string> => {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the ${role} ended with ${String(code)}`);
    });
    const [said] = (await Promise.race([once(child, 'message'), ended])) as [string];
    return said;
  };
  return { next, stop: () => child.kill('SIGKILL') };
}

describe('the bus', () => {
  const stackOf = stackOfEachTest();

  it('has a message in one trace through a real broker, from one process to another', async () => {
    const stack = stackOf();
    await stack.startJaeger();
    await stack.startCollector({
      files: ['base', 'backends/jaeger'],
      env: { COLLECTOR_BASELINE_PERCENT: '100' },
    });
    const { url, program } = await startBroker(stack);
    const consumer = startPeer('consumer', url, stack.otlpUrl);
    let publisher: ReturnType<typeof startPeer> | undefined;
    try {
      expect(await consumer.next()).toBe('subscribed');
      const handled = consumer.next();
      publisher = startPeer('publisher', url, stack.otlpUrl);
      const traceId = await publisher.next();
      expect(await handled).toBe(traceId);

      const spans = await eventually('the trace', async () => {
        const found = await stack.jaeger.spans(traceId);
        return found.length === 4 ? found : undefined;
      });
      const path = (name: string, service: string) =>
        spans.find((span) => span.name === name && span.service === service)!;
      const delegated = path('kernel.execute', 'e2e-publisher');
      const published = path('publish claims', 'e2e-publisher');
      const processed = path('process claims', 'e2e-consumer');
      const read = path('kernel.execute', 'e2e-consumer');
      expect(published.parentSpanId).toBe(delegated.spanId);
      expect(processed.parentSpanId).toBe(published.spanId);
      expect(read.parentSpanId).toBe(processed.spanId);
      const about = { 'messaging.system': 'nats', 'messaging.destination.name': 'claims' };
      expect(published.tags).toMatchObject({ ...about, 'span.kind': 'producer' });
      expect(processed.tags).toMatchObject({ ...about, 'span.kind': 'consumer' });
      observed('bus', 'a message through NATS, from one process to another, through Jaeger’s query API', [
        `one trace of ${spans.length} spans: kernel.execute › publish claims › process claims › kernel.execute`,
      ]);
    } finally {
      consumer.stop();
      publisher?.stop();
      await program.kill();
    }
  });
});
