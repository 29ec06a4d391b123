import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { gzip } from 'node:zlib';
import { nextTurn, StallWatch } from '../harness/stall-watch.js';
import type { Sample, Subject, Suite } from '../harness/subject.js';
import { startAgentOs, instrumentsOf } from '../peers/agent-os.js';
import { WIDE_CAPS } from '../peers/counting.js';
import { expectExposed } from '../peers/exposed-totals.js';
import { OtelSdk } from '../peers/otel-sdk.js';
import { PromClient } from '../peers/prom-client.js';
import type { PageAnswer, PageRequest } from '../programs/page-client.js';
import { labelsOfSeries, LABEL_NAMES, type Labels } from '../workloads/violations.js';

const METRIC = 'agent_os_violations_total';
const SERIES = 100_000;
const CHANGED_ONE_IN = 10;
const WARM_UP_SCRAPES = 2;

interface Served {
  readonly url: string;
  readonly gzip?: boolean;
  count(labels: Labels): void;
}

/** The metrics page as a scraper gets it. */
export const page: Suite = {
  name: 'page',
  title: 'The metrics page over HTTP',
  about:
    `A counter of ${SERIES.toLocaleString('en-US')} series is scraped over loopback by a client in a thread of its own. ` +
    '`ms` is from the request to the last byte. `stall` is the longest time in which no other callback of the serving ' +
    `thread could run. Between two scrapes one series in ${CHANGED_ONE_IN} is counted on. prom-client stands behind ` +
    '`node:http` as its README shows; compressed, its text goes through `zlib.gzip`.',
  table: 'page',
  subjects: [
    {
      id: 'agent-os',
      label: 'own server',
      comparedWith: ['prom-client', 'otel'],
      open: async () => new PageSubject(await ours(false)),
    },
    {
      id: 'prom-client',
      label: 'prom-client behind `node:http`',
      open: async () => new PageSubject(await promClient(false)),
    },
    {
      id: 'otel',
      label: 'OpenTelemetry Prometheus exporter',
      open: async () => new PageSubject(await stock()),
    },
    {
      id: 'agent-os-gzip',
      label: 'own server, gzip',
      comparedWith: ['prom-client-gzip'],
      open: async () => new PageSubject(await ours(true)),
    },
    {
      id: 'prom-client-gzip',
      label: 'prom-client behind `node:http`, gzip',
      open: async () => new PageSubject(await promClient(true)),
    },
  ],
  repeat: () => ({ processes: 1, rounds: 5 }),
  secondsPerSubject: () => 8,
};

async function ours(compressed: boolean): Promise<Served> {
  const obs = startAgentOs({ prometheus: { port: 0 }, metrics: { cardinalityLimits: WIDE_CAPS } });
  const counter = instrumentsOf(obs).counter(METRIC);
  const { metricsUrl: url } = await obs.ready;
  if (url === undefined) throw new Error('the page is not served');
  return { url, gzip: compressed, count: (labels) => counter.add(1, labels) };
}

async function promClient(compressed: boolean): Promise<Served> {
  const prom = new PromClient();
  const counter = prom.counter(METRIC, LABEL_NAMES);
  const compress = promisify(gzip);
  const url = await listen((_, response) => {
    void prom.export().then(async (text) => {
      response.setHeader('Content-Type', prom.registry.contentType);
      if (compressed) response.setHeader('Content-Encoding', 'gzip');
      response.end(compressed ? await compress(text) : text);
    });
  });
  return { url, gzip: compressed, count: (labels) => counter.inc(labels) };
}

async function stock(): Promise<Served> {
  const sdk = new OtelSdk();
  const counter = sdk.meter.createCounter(METRIC);
  const url = await listen((request, response) => sdk.reader.getMetricsRequestHandler(request, response));
  return { url, count: (labels) => counter.add(1, labels) };
}

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

class PageSubject implements Subject {
  // Beside the compiled process of the subject.
  private readonly client = new Worker(
    join(dirname(process.argv[1] as string), 'programs', 'page-client.js'),
  );
  private recordings = 0;
  private changes = 0;

  constructor(private readonly served: Served) {
    for (let series = 0; series < SERIES; series++) this.count(series);
  }

  async warmUp(): Promise<void> {
    for (let i = 0; i < WARM_UP_SCRAPES; i++) await this.round();
  }

  async round(): Promise<Sample> {
    const first = this.changes++ % CHANGED_ONE_IN;
    for (let series = first; series < SERIES; series += CHANGED_ONE_IN) this.count(series);
    const stalls = new StallWatch();
    await nextTurn();
    const { millis, firstByteMillis, bytes } = await this.fetchPage(false);
    await nextTurn();
    return { millis, firstByteMillis, pageBytes: bytes, stallMillis: stalls.end() };
  }

  async finish(): Promise<Sample> {
    const { text = '' } = await this.fetchPage(true);
    const expected = { total: this.recordings, series: SERIES };
    await expectExposed({ export: async () => text }, METRIC, expected);
    return { series: SERIES };
  }

  private async fetchPage(keep: boolean): Promise<PageAnswer> {
    const { url, gzip: compressed = false } = this.served;
    this.client.postMessage({ url, gzip: compressed, keep } satisfies PageRequest);
    const [answer] = (await once(this.client, 'message')) as [PageAnswer];
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  private count(series: number): void {
    this.served.count(labelsOfSeries(series));
    this.recordings++;
  }
}
