import { randomUUID } from 'node:crypto';
import { DropLog } from '../../src/diagnostics/drop-log.js';
import { createMetricsHandler } from '../../src/http/metrics-handler.js';
import { startMetricsServer } from '../../src/http/metrics-server.js';
import { realTime } from '../../src/workers/scheduler.js';
import { SharedPage } from '../../src/workers/shared-page.js';
import { freePort } from '../support/free-port.js';
import { nativeStore } from '../support/stores.js';

const service = randomUUID();

function sharing(count: number, of = '', serves = true) {
  const store = nativeStore();
  store.meterProvider.getMeter('host').createCounter('work').add(count);
  const page = new SharedPage({
    source: store,
    resource: { 'service.name': service + of },
    gauges: {},
    createdSamples: false,
    drops: new DropLog(),
    timeoutMillis: 5000,
  });
  const serving = serves ? page.serveElsewhere() : { ready: Promise.resolve(), close: async () => {} };
  return { page, serving };
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

test('the page of a process that is alone waits for nobody', async () => {
  const { page, serving } = sharing(1, 'alone');
  await serving.ready;
  await textOf(page, 'text'); // by then it has its place
  const timers = jest.spyOn(realTime, 'after');
  for (let scrapes = 0; scrapes < 3; scrapes++) await textOf(page, 'text');
  expect(timers.mock.calls.map(([millis]) => millis)).not.toContain(20);
  timers.mockRestore();
  await serving.close();
});

test('where nobody comes to serve, the first page alone waits, and each shows this process', async () => {
  const { page } = sharing(1, 'nobody', false);
  const close = async (): Promise<void> => {};
  const serving = page.serveOnPort({ host: '127.0.0.1', port: 1 }, () => ({
    ready: new Promise(() => {}),
    close,
  }));
  let now = 0;
  const clock = jest.spyOn(realTime, 'now').mockImplementation(() => (now += 400));
  const timers = jest.spyOn(realTime, 'after');
  const waits = (): number => timers.mock.calls.filter(([millis]) => millis === 20).length;
  expect(await textOf(page, 'text')).toContain('work_total 1\n');
  const first = waits();
  expect(first).toBeGreaterThan(0);
  expect(await textOf(page, 'text')).toContain('work_total 1\n');
  expect(waits()).toBe(first);
  clock.mockRestore();
  timers.mockRestore();
  await serving.close();
});
