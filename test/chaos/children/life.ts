import type * as Main from '../../../src/index.js';
import type { MetricReader, Observability } from '../../../src/index.js';
import { COMPARED, LIFE_ATTRIBUTE, type HostSettings, type LifeEnd } from '../messages.js';
import { ChaosRandom, type Tally } from '../random.js';
import { callbacks, churn, instruments, names, spans, type Load } from './host-load.js';

/** The built package, as a host has it. */
const dist = new URL('../../../dist/esm/index.js', import.meta.url).href;
const { initObservability } = (await import(dist)) as typeof Main;

const LOADS = { churn, names, callbacks, instruments, spans } as const;
let numbers = 0;
let lives = 0;

/** From one initObservability to its shutdown. */
export class Life {
  readonly id = `${process.pid}-${++lives}`;
  readonly obs: Observability;
  private spansMade = 0;
  added = 0;
  private readonly reader = new OwnReader();
  private readonly loads: readonly Load[];
  private readonly compared;

  constructor(settings: HostSettings, tally: Tally, failed: (what: string) => void) {
    this.obs = initObservability({
      serviceName: 'chaos',
      resource: { [LIFE_ATTRIBUTE]: this.id },
      // Less than Prometheus waits, so that it is answered whatever the callbacks do.
      prometheus: { port: settings.port, timeoutMillis: 0.6 * settings.scrapeMillis },
      otlp: { endpoint: settings.collector, timeoutMillis: 2000 },
      traces: { scheduledDelayMillis: 500 },
      metrics: {
        otlp: true,
        exportIntervalMillis: 2000,
        exportTimeoutMillis: 1900,
        readers: [this.reader],
      },
      exceptions: 'full',
      shutdownTimeoutMillis: 3000,
    });
    const context = {
      obs: this.obs,
      random: new ChaosRandom(settings.seed),
      tally,
      next: () => ++numbers,
      spanMade: (made: number) => void (this.spansMade += made),
    };
    this.compared = this.obs.meterProvider.getMeter('chaos').createCounter(COMPARED.instrument);
    this.loads = (Object.keys(LOADS) as (keyof typeof LOADS)[])
      .filter((kind) => settings.kinds.includes(kind))
      .map((kind) => guarded(LOADS[kind](context), failed));
  }

  tick(): void {
    this.compared.add(1);
    this.added += 1;
    for (const load of this.loads) load.tick();
  }

  /** What was made and what was counted, once all of it has been delivered or given up. */
  async settle(): Promise<LifeEnd> {
    await this.obs.forceFlush();
    const dropped = await this.reader.dropped();
    return {
      life: this.id,
      spansMade: this.spansMade,
      spansCounted: dropped('traces', ['queue_full', 'export_failed', 'shutdown_timeout', 'invalid_value']),
      added: this.added,
      pointsCounted: dropped('metrics', ['export_failed']),
    };
  }
}

/** What the package throws into the host is a failure of the run, and not its end. */
function guarded(load: Load, failed: (what: string) => void): Load {
  return {
    tick() {
      try {
        load.tick();
      } catch (error) {
        failed(`thrown into the host: ${error instanceof Error ? error.stack : String(error)}`);
      }
    },
  };
}

interface Collected {
  readonly resourceMetrics: {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly descriptor: { readonly name: string };
        readonly dataPoints: readonly {
          readonly attributes: Readonly<Record<string, unknown>>;
          readonly value: unknown;
        }[];
      }[];
    }[];
  };
}

/** Reads the counts of this process without its page, which may be that of several. */
class OwnReader implements MetricReader {
  private producer!: { collect(options: { timeoutMillis: number }): Promise<Collected> };

  setMetricProducer(producer: unknown): void {
    this.producer = producer as typeof this.producer;
  }

  selectAggregationTemporality(): number {
    return 1;
  }

  collect(): Promise<unknown> {
    return this.producer.collect({ timeoutMillis: 500 });
  }

  async dropped(): Promise<(signal: string, reasons: readonly string[]) => number> {
    const { resourceMetrics } = (await this.collect()) as Collected;
    const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const points = metrics
      .filter(({ descriptor }) => descriptor.name === 'agent_os_telemetry_dropped_total')
      .flatMap(({ dataPoints }) => dataPoints);
    return (signal, reasons) =>
      points
        .filter(
          ({ attributes }) => attributes.signal === signal && reasons.includes(String(attributes.reason)),
        )
        .reduce((sum, { value }) => sum + Number(value), 0);
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
