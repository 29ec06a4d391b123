import { LABEL_NAMES, type Labels } from '../workloads/violations.js';
import { startAgentOs, instrumentsOf } from './agent-os.js';
import { OtelSdk } from './otel-sdk.js';
import { PromClient } from './prom-client.js';

/** Far above what the suites make, where the default caps would fold series. */
export const WIDE_CAPS = { id: 200_000, series: 200_000 };
const REGISTRY = 'agent_os_violations_total';
const OWN = 'shop_refusals_total';

/** One counter with four labels, and the page that it is on. */
export interface Counting {
  readonly metric: string;
  readonly count: (labels: Labels) => void;
  readonly export: () => Promise<string>;
}

export interface CountingKind {
  readonly id: string;
  readonly label: string;
  /** Ids of the kinds that do the same in another way. */
  readonly comparedWith?: readonly string[];
  /** @param caps - whether the limits are the default ones, or so wide that no series is folded */
  readonly open: (caps: 'wide' | 'default') => Counting;
}

const PEERS = ['prom-client', 'otel'];

/** A counter of each implementation: two of this package, by the registry and of the host's own meter. */
export const COUNTING: readonly CountingKind[] = [
  {
    id: 'typed',
    label: 'registry counter, `add(1, labels)`',
    comparedWith: PEERS,
    open(caps) {
      const obs = startAgentOs(caps === 'wide' ? { metrics: { cardinalityLimits: WIDE_CAPS } } : {});
      const counter = instrumentsOf(obs).counter(REGISTRY);
      return { metric: REGISTRY, count: (labels) => counter.add(1, labels), export: () => obs.export() };
    },
  },
  {
    id: 'own',
    label: 'own meter, `add(1, attributes)`',
    comparedWith: PEERS,
    open(caps) {
      const obs = startAgentOs(caps === 'wide' ? { metrics: { cardinalityLimits: WIDE_CAPS } } : {});
      const counter = obs.meterProvider.getMeter('shop').createCounter(OWN);
      return { metric: OWN, count: (labels) => counter.add(1, labels), export: () => obs.export() };
    },
  },
  {
    id: 'prom-client',
    label: 'prom-client `inc(labels)`',
    open() {
      const prom = new PromClient();
      const counter = prom.counter(REGISTRY, LABEL_NAMES);
      return { metric: REGISTRY, count: (labels) => counter.inc(labels), export: () => prom.export() };
    },
  },
  {
    id: 'otel',
    label: 'OpenTelemetry SDK `add(1, attributes)`',
    open(caps) {
      const sdk = new OtelSdk({ limits: caps });
      const counter = sdk.meter.createCounter(REGISTRY);
      return { metric: REGISTRY, count: (labels) => counter.add(1, labels), export: () => sdk.export() };
    },
  },
];
