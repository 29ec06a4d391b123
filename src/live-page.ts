import type { GovernanceEvents } from './events/governance-events.js';
import type { MetricsHandler } from './http/adapter.js';
import { LiveFeed } from './live/live-feed.js';
import { createLiveHandler } from './live/live-handler.js';
import type { LiveExport, LiveService } from './live/live-messages.js';
import type { LiveSpans } from './live/live-spans.js';
import { isLiveByDefault } from './live/on-by-default.js';
import type { ResolvedOptions } from './options/resolved-options.js';
import type { Pipelines } from './pipelines.js';
import { RESOURCE_DEPLOYMENT_ENVIRONMENT, RESOURCE_SERVICE_INSTANCE_ID } from './semconv/resource.js';

/** The live page of one initObservability. */
export interface LivePage {
  readonly handler: MetricsHandler;
  /** Whether our own server answers `/` with it. */
  readonly served: boolean;
  /** Ends its streams. */
  end(): void;
}

/** @param spans - undefined where the host wants no page */
export function livePageOf(
  options: ResolvedOptions,
  running: Pipelines,
  spans: LiveSpans | undefined,
  events: GovernanceEvents,
): LivePage {
  if (spans === undefined)
    return { handler: createLiveHandler({ feed: undefined }), served: false, end: () => undefined };
  const { host, server, socketPath, path } = options.prometheus;
  const { resource } = running;
  const conditions = {
    host: server !== undefined || socketPath !== undefined ? undefined : host,
    environment: resource.attributes[RESOURCE_DEPLOYMENT_ENVIRONMENT],
    nodeEnv: process.env['NODE_ENV'],
  };
  const served =
    options.servesPage &&
    server === undefined &&
    path !== '/' &&
    (options.live ?? isLiveByDefault(conditions));
  const service = serviceOf(options, running);
  const missing = missingOf(options);
  const feed = new LiveFeed({
    source: running.store,
    spans,
    surroundings: () => ({ service, exports: exportsOf(options, running), missing }),
    keepsEvents: served,
  });
  events.watchedBy(feed.events);
  return { handler: createLiveHandler({ feed }), served, end: () => feed.end() };
}

function serviceOf({ serviceName, serviceVersion }: ResolvedOptions, { resource }: Pipelines): LiveService {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    name: serviceName,
    version: serviceVersion ?? '',
    environment: text(resource.attributes[RESOURCE_DEPLOYMENT_ENVIRONMENT]),
    instance: text(resource.attributes[RESOURCE_SERVICE_INSTANCE_ID]),
    pid: process.pid,
    runtime: `Node.js ${process.versions.node}`,
  };
}

function exportsOf(options: ResolvedOptions, { traces, logs, store }: Pipelines): LiveExport[] {
  const wayOf = (
    signal: LiveExport['signal'],
    sends: boolean,
    way: { readonly pending: number; readonly failing: boolean } | undefined,
  ): LiveExport => {
    if (way === undefined) return { signal, state: 'host', pending: 0 };
    const state = way.failing ? 'failing' : 'sending';
    return { signal, state: sends ? state : 'off', pending: way.pending };
  };
  return [
    wayOf('traces', options.exportTraces, traces),
    wayOf('logs', options.exportLogs, logs),
    wayOf('metrics', options.pushMetrics, store && { pending: 0, failing: false }),
  ];
}

/** What of this process the page cannot show, and why. */
function missingOf({ pipeline, meterProvider, tracerProvider }: ResolvedOptions): string[] {
  const missing: string[] = [];
  if (meterProvider) missing.push('Numbers: they are in the MeterProvider that the host passed.');
  if (tracerProvider) missing.push('Requests as waterfalls: spans go to the TracerProvider of the host.');
  else if (pipeline === 'otel-sdk')
    missing.push('Requests as waterfalls: with pipeline "otel-sdk" spans are kept by the official packages.');
  return missing;
}
