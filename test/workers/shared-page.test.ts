import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { randomUUID } from 'node:crypto';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import { startMetricsServer } from '../../src/http/metrics-server.js';
import { SharedPage } from '../../src/workers/shared-page.js';
import { nativeStore } from '../support/stores.js';

const service = randomUUID();

function sharing(count: number) {
  const store = nativeStore();
  store.meterProvider.getMeter('host').createCounter('work').add(count);
  const page = new SharedPage({
    source: store,
    resource: { 'service.name': service },
    gauges: {},
    createdSamples: false,
    drops: new DropLog(),
    timeoutMillis: 5000,
  });
  return { page, serving: page.serveElsewhere() };
}

async function textOf(page: SharedPage, format: 'text' | 'openmetrics'): Promise<string> {
  let text = '';
  for await (const chunk of await page.open({ format })) text += chunk;
  return text;
}

test('pages that are mounted in several places show all, over real sockets, whoever is asked', async () => {
  const first = sharing(1);
  while (!(await textOf(first.page, 'text')).includes('work_total 1\n'));
  const second = sharing(10);
  for (const format of ['text', 'openmetrics'] as const) {
    for (const { page } of [first, second]) {
      while (!(await textOf(page, format)).includes('work_total 11\n'));
    }
  }
  expect(await second.page.export()).toContain('work_total 10\n');
  await first.serving.close();
  while (!(await textOf(second.page, 'text')).includes('work_total 11\n')); // what the first one counted stays
  await second.serving.close();
  expect(await textOf(second.page, 'text')).toContain('work_total 10\n');
});

test('whoever has the port serves for all, and another one after it', async () => {
  const port = await freePort();
  const start = (count: number) => {
    const store = nativeStore();
    store.meterProvider.getMeter('host').createCounter('work').add(count);
    const page = new SharedPage({
      source: store,
      resource: { 'service.name': `${service}-port` },
      gauges: { '*': 'max' },
      createdSamples: false,
      drops: new DropLog(),
      timeoutMillis: 5000,
    });
    const handler = createMetricsHandler(page);
    const listen = () => startMetricsServer({ host: '127.0.0.1', port, path: '/metrics', handler });
    return page.serveOnPort({ host: '127.0.0.1', port }, listen);
  };
  const scraped = async (): Promise<string> => {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    } catch {
      return ''; // nobody has the port now
    }
  };
  const first = start(1);
  await first.ready;
  const second = start(10);
  await second.ready;
  while (!(await scraped()).includes('work_total 11\n'));
  await first.close();
  while (!(await scraped()).includes('work_total 11\n'));
  await second.close();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
