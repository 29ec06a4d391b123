import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrometheusApi } from '../e2e/support/prometheus-api.js';
import { json } from '../e2e/support/json.js';
import { binaryPath } from '../../tools/native-stack/cache.js';
import { buildPrograms } from '../../tools/native-stack/native-binaries.js';
import { programsNamed } from '../../tools/native-stack/programs.js';
import { Program } from '../../tools/stack/native/program.js';

const LOOK_MILLIS = 1000;
/** The jobs, and what each asks for. */
const PROTOCOLS = {
  'chaos-openmetrics': 'OpenMetricsText1.0.0',
  'chaos-text': 'PrometheusText0.0.4',
} as const;
export const JOBS = Object.keys(PROTOCOLS).length;
const REFUSED =
  /^prometheus_target_scrapes_sample_(duplicate_timestamp|out_of_order|out_of_bounds)_total (\d+)/gm;

/** One scrape of one job: when it began, in milliseconds since the epoch, and how it ended. */
export interface Scrape {
  readonly at: number;
  readonly up: boolean;
  readonly samples: number;
}

export interface WatchSettings {
  readonly port: number;
  /** The port of the host. */
  readonly target: number;
  readonly scrapeMillis: number;
  /** Of its configuration, data and log. */
  readonly folder: string;
}

/** The real Prometheus, which scrapes the host in both formats. */
export class PrometheusWatch {
  /** What Prometheus said of scrapes that failed, and how often that was seen. */
  readonly errors = new Map<string, number>();
  private readonly api: PrometheusApi;
  private readonly url: string;
  private looking: NodeJS.Timeout | undefined;

  private constructor(
    port: number,
    private readonly program: Program,
  ) {
    this.url = `http://127.0.0.1:${port}`;
    this.api = new PrometheusApi(this.url);
  }

  static async start({ port, target, scrapeMillis, folder }: WatchSettings): Promise<PrometheusWatch> {
    await buildPrograms(programsNamed(['prometheus']));
    const configuration = join(folder, 'prometheus.yml');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      configuration,
      JSON.stringify({
        global: { scrape_interval: `${scrapeMillis}ms`, scrape_timeout: `${scrapeMillis}ms` },
        scrape_configs: Object.entries(PROTOCOLS).map(([job_name, protocol]) => ({
          job_name,
          scrape_protocols: [protocol],
          static_configs: [{ targets: [`127.0.0.1:${target}`] }],
        })),
      }),
    );
    const program = await Program.start({
      name: 'Prometheus',
      command: binaryPath('prometheus'),
      args: [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=exemplar-storage,created-timestamp-zero-ingestion',
      ],
      env: {},
      cwd: folder,
      readyUrl: `http://127.0.0.1:${port}/-/ready`,
      logFile: join(folder, 'prometheus.log'),
    });
    const watch = new PrometheusWatch(port, program);
    watch.looking = setInterval(() => void watch.look().catch(() => {}), LOOK_MILLIS);
    return watch;
  }

  /** All scrapes so far, of all jobs. */
  async scrapes(): Promise<Scrape[]> {
    const of = (metric: string) => this.api.stored(`${metric}{job=~"chaos-.+"}`, '25h');
    const [ups, samples] = await Promise.all([of('up'), of('scrape_samples_scraped')]);
    // Of one query each, in the same order: a scrape stores both with one time.
    return ups.map(([at, up], index) => ({ at: at * 1000, up: up === 1, samples: samples[index]?.[1] ?? 0 }));
  }

  /** The sum of a metric as each job saw it last. */
  async seen(metric: string): Promise<number[]> {
    return (await this.api.query(`sum by (job) (${metric})`)).map(({ value }) => value);
  }

  /** Samples that Prometheus could read and had to leave out. */
  async refused(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return [...text.matchAll(REFUSED)].reduce((sum, [, , count]) => sum + Number(count), 0);
  }

  async stop(): Promise<void> {
    clearInterval(this.looking);
    await this.program.kill();
  }

  private async look(): Promise<void> {
    type Targets = { data: { activeTargets: { lastError: string }[] } };
    const { data } = await json<Targets>(`${this.url}/api/v1/targets?state=active`);
    for (const { lastError } of data.activeTargets) {
      if (lastError === '') continue;
      const what = lastError
        .replace(/http:\S+/, 'URL')
        .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
        .slice(0, 200);
      this.errors.set(what, (this.errors.get(what) ?? 0) + 1);
    }
  }
}
