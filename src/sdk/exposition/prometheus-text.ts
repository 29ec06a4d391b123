import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { DropLog } from '../../instruments/drop-log.js';
import { safeMetrics } from './safe-metrics.js';

/** Version and charset of the text format that {@link PrometheusText} writes. */
export const TEXT_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Turns collected metrics into the exposition. */
export interface ExpositionFormat {
  readonly contentType: string;
  serialize(metrics: ResourceMetrics): string;
}

/** Prometheus' text format 0.0.4 by the stock serializer, fed with metrics that cannot poison it. */
export class PrometheusText implements ExpositionFormat {
  readonly contentType = TEXT_CONTENT_TYPE;
  private readonly serializer = new PrometheusSerializer(undefined, false, undefined, false, true);

  constructor(private readonly drops: DropLog) {}

  serialize(metrics: ResourceMetrics): string {
    const text = this.serializer.serialize(safeMetrics(metrics, this.drops));
    return text.endsWith('\n') ? text : `${text}\n`;
  }
}
