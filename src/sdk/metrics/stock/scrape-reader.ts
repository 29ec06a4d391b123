import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { rejectFirst } from '../collection-errors.js';

/** The stock exporter as a reader alone: it starts no server, and the caps are ours, for life, not per collection. */
export class ScrapeReader extends PrometheusExporter {
  private collecting: Promise<ResourceMetrics> | undefined;

  constructor(private readonly timeoutMillis: number) {
    super({ preventServerStart: true });
  }

  /** One collection; scrapes at the same time share it. Rejects when a callback failed or the time is up. */
  read(): Promise<ResourceMetrics> {
    this.collecting ??= this.collectOnce().finally(() => (this.collecting = undefined));
    return this.collecting;
  }

  override selectCardinalityLimit(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  override async onShutdown(): Promise<void> {
    // No server was started.
  }

  private async collectOnce(): Promise<ResourceMetrics> {
    const { resourceMetrics, errors } = await this.collect({ timeoutMillis: this.timeoutMillis });
    rejectFirst(errors);
    return resourceMetrics;
  }
}
