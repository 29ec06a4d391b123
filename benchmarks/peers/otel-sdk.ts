import { context, type Meter } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics';

/** The stock exporter as a reader alone, with a limit of series as high as it takes to keep them apart. */
export class UnlimitedReader extends PrometheusExporter {
  constructor() {
    super({ preventServerStart: true });
  }

  override selectCardinalityLimit(): number {
    return Number.MAX_SAFE_INTEGER;
  }
}

export interface OtelSdkOptions {
  /** Whether series are limited as the SDK does by default. @defaultValue `wide` */
  readonly limits?: 'wide' | 'default';
  /** Readers beside the one for Prometheus. */
  readonly furtherReaders?: readonly MetricReader[];
}

/** The stock metrics SDK, as its documentation sets it up: one Prometheus reader, a context manager. */
export class OtelSdk {
  readonly meter: Meter;
  readonly reader: PrometheusExporter;
  private readonly serializer = new PrometheusSerializer(undefined, false, undefined, false, true);

  constructor({ limits = 'wide', furtherReaders = [] }: OtelSdkOptions = {}) {
    registerContextManager();
    this.reader =
      limits === 'wide' ? new UnlimitedReader() : new PrometheusExporter({ preventServerStart: true });
    const provider = new MeterProvider({ readers: [this.reader, ...furtherReaders] });
    this.meter = provider.getMeter('benchmark');
  }

  async export(): Promise<string> {
    const { resourceMetrics, errors } = await this.reader.collect();
    if (errors.length > 0) throw new Error('the collection failed', { cause: errors[0] });
    return this.serializer.serialize(resourceMetrics);
  }
}

export function registerContextManager(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}
