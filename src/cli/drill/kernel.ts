// The kernel of a drill: the library as a host runs it, under a service of its own.
import { randomBytes } from 'node:crypto';
import {
  initObservability,
  ObservabilityError,
  type Observability,
  type ObservabilityOptions,
} from '../../index.js';
import { kernelSettings } from '../../options/kernel-settings.js';
import { otlpTarget } from '../../pipeline/otlp/otlp-target.js';
import { bareHost, portOf } from '../../pipeline/otlp/proxy.js';
import { UsageError, type Io } from '../command.js';
import { Relay } from './relay.js';
import { DRILL_SERVICE } from './stack-hops.js';

const PUSH_MILLIS = 1000;

export interface DrillKernel {
  readonly obs: Observability;
  /** Of the instance, and of the agent that everything happens to. */
  readonly id: string;
  readonly relay: Relay | undefined;
  /** The selector of this instance. */
  readonly of: (metric: string) => string;
  close(): Promise<void>;
}

/** @param cuttable - sends through a relay that can be cut */
export async function drillKernel(
  endpoint: string | undefined,
  cuttable: boolean,
  io: Io,
): Promise<DrillKernel> {
  const id = `drill-${randomBytes(6).toString('hex')}`;
  const relay = cuttable ? await relayTo(endpoint, io) : undefined;
  const through = relay === undefined ? endpoint : `http://127.0.0.1:${relay.port}`;
  const obs = started(relay, {
    serviceName: DRILL_SERVICE,
    // Alerts of two drills are no group, of which people are told by and by.
    environment: id,
    prometheus: false,
    registerGlobally: false,
    resource: { 'service.instance.id': id },
    otlp: through === undefined ? {} : { endpoint: through },
    metrics: { otlp: true, exportIntervalMillis: PUSH_MILLIS, exportTimeoutMillis: PUSH_MILLIS },
  });
  return {
    obs,
    id,
    relay,
    of: (metric) => `${metric}{service_instance_id="${id}"}`,
    close: async () => {
      await obs.shutdown();
      relay?.close();
    },
  };
}

/** What the environment has wrong is a fault of the call. */
function started(relay: Relay | undefined, options: ObservabilityOptions): Observability {
  try {
    return initObservability(options);
  } catch (error) {
    relay?.close(); // it would keep the process
    if (error instanceof ObservabilityError) throw new UsageError(error.message);
    throw error;
  }
}

async function relayTo(endpoint: string | undefined, io: Io): Promise<Relay> {
  const target = otlpTarget('metrics', { endpoint }, kernelSettings(io.env).env, () => {});
  if (target === undefined || target.url.protocol !== 'http:' || target.proxy !== undefined)
    throw new UsageError('the way to the Collector can be cut only where it is http, without a proxy');
  return await Relay.to(bareHost(target.url), portOf(target.url));
}
