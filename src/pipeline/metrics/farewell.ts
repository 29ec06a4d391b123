import { ValueType } from '@opentelemetry/api';
import { DEFAULT_CARDINALITY_LIMITS } from '../../cardinality/cardinality-limits.js';
import { after } from '../../common/timers.js';
import { DropLog } from '../../diagnostics/drop-log.js';
import { definitionOf } from '../../semconv/metrics.js';
import { SCOPE_NAME, VERSION } from '../../semconv/resource.js';
import { OtlpSender } from '../otlp/otlp-sender.js';
import type { OtlpTarget } from '../otlp/otlp-target.js';
import { Turns } from '../turns.js';
import { writerFor } from './metric-delivery.js';
import { FIRST_POSITION, writeMetrics } from './metric-messages.js';
import { NativeMeterProvider } from './native-meter.js';
import { PushedStreams } from './pushed-streams.js';
import type { MetricResource } from './reader-shapes.js';

const STOPPING = 'agent_os_kernel_stopping';
/** An endpoint that takes longer does not hear of it: nothing waits for a word that can be spared. */
const LONGEST_MILLIS = 1000;
const NOTHING_OBSERVED = { values: new Map(), errors: [], hostErrors: [] };

/**
 * Says of a kernel that is scraped that it stops: its page ends between two scrapes, so that nobody could read it there.
 * One data point by OTLP, to where its spans go. Nothing is said where it does not arrive; then the kernel is missed.
 */
export async function sayFarewell(
  target: OtlpTarget,
  resource: MetricResource,
  now: () => number = Date.now,
): Promise<void> {
  const sender = new OtlpSender(target);
  const late = new AbortController();
  const stop = after(LONGEST_MILLIS, () => late.abort());
  try {
    const turns = new Turns();
    const pushed = await stoppingNow(now).take(NOTHING_OBSERVED, now(), turns);
    const limit = { points: Infinity, bytes: Infinity };
    const message = await writeMetrics(writerFor(sender), resource, pushed, {
      from: FIRST_POSITION,
      limit,
      turns,
    });
    if (message) await sender.send(message.bytes, { signal: late.signal, ending: () => true });
  } catch {
    // no loss
  } finally {
    stop();
    sender.close();
  }
}

function stoppingNow(now: () => number): PushedStreams {
  const provider = new NativeMeterProvider({
    caps: DEFAULT_CARDINALITY_LIMITS,
    drops: new DropLog(),
    exemplars: false,
    now,
    callbackTimeoutMillis: LONGEST_MILLIS,
  });
  const streams = new PushedStreams(provider, 'cumulative');
  const { description, unit } = definitionOf(STOPPING);
  provider
    .getMeter(SCOPE_NAME, VERSION)
    .createGauge(STOPPING, { description, unit, valueType: ValueType.INT })
    .record(1);
  return streams;
}
