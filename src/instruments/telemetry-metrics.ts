import type { SeriesCount } from '../cardinality/registry-meter.js';
import type { DropLog } from '../diagnostics/drop-log.js';
import type { EndpointLog } from '../diagnostics/endpoint-log.js';
import { Instruments, type InstrumentOptions } from './instruments.js';

/** What the SDK says of itself: losses, series, scrapes. */
export class TelemetryMetrics {
  private readonly scrapes;
  private readonly refused;
  private readonly evicted;

  /**
   * @param others - series counts from beside the registry's instruments
   * @param drops - what a handle loses, which is not what its instruments lose where they were on its provider before
   */
  constructor(
    options: InstrumentOptions | Instruments = {},
    others: () => Iterable<SeriesCount> = () => [],
    drops?: DropLog,
  ) {
    const make = Instruments.of(options);
    const dropped = make.counter('agent_os_telemetry_dropped_total');
    const overflowed = make.counter('agent_os_telemetry_overflowed_total');
    for (const log of [make.drops, drops]) {
      log?.countInto((signal, reason, count) => dropped.add(count, { signal, reason }));
      log?.countOverflowsInto((metric, label) => overflowed.add(1, { metric, label }));
    }
    this.scrapes = make.histogram('agent_os_telemetry_scrape_duration_seconds');
    this.refused = make.counter('agent_os_telemetry_endpoint_refused_total');
    this.evicted = make.counter('agent_os_telemetry_endpoint_evicted_total');
    const counts = (): SeriesCount[] => [...make.cardinality(), ...fullest(others())];
    make.gauge('agent_os_telemetry_series').addSource((observe) => {
      for (const { metric, series } of counts()) observe(series, { metric });
    });
    make.gauge('agent_os_telemetry_series_limit').addSource((observe) => {
      for (const { metric, limit } of counts()) observe(limit, { metric });
    });
  }

  /** Counts whom an endpoint turns away. */
  countEndpoint(log: EndpointLog): void {
    log.countInto(
      (reason) => this.refused.add(1, { reason }),
      (state) => this.evicted.add(1, { state }),
    );
  }

  /** Records one scrape, in seconds. */
  recordScrape(durationSeconds: number): void {
    this.scrapes.record(durationSeconds, {});
  }
}

/** Metrics of hosts whose series are told. */
const MOST_TOLD = 200;

/** Those that are nearest to their limit; of several of one name, as scopes have them, the nearest. */
function fullest(counts: Iterable<SeriesCount>): SeriesCount[] {
  const byName = new Map<string, SeriesCount>();
  for (const count of counts) {
    const before = byName.get(count.metric);
    if (before === undefined || fullness(count) > fullness(before)) byName.set(count.metric, count);
  }
  const all = [...byName.values()];
  if (all.length <= MOST_TOLD) return all;
  return all.sort((a, b) => fullness(b) - fullness(a)).slice(0, MOST_TOLD);
}

function fullness({ series, limit }: SeriesCount): number {
  return series / Math.max(1, limit);
}
