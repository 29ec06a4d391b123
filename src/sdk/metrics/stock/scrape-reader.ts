import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

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
    if (errors.length > 0) throw new Error(reason(errors), { cause: errors[0] });
    return resourceMetrics;
  }
}

function reason(errors: readonly unknown[]): string {
  const [first] = errors;
  const text = first instanceof Error && first.message !== '' ? first.message : String(first);
  return errors.length === 1 ? text : `${text}, and ${errors.length - 1} more`;
}
