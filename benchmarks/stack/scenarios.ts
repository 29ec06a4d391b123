import { fileURLToPath } from 'node:url';

export interface Scenario {
  readonly name: string;
  readonly signal: 'traces' | 'metrics';
  /** Files of the Collector. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Takes what the Collector delivers. */
  readonly backend?: 'Jaeger' | 'Prometheus';
  /** Where the deliveries of the Collector are counted. */
  readonly exporter?: string;
}

const ALONE = fileURLToPath(new URL('receiving-alone.yaml', import.meta.url));
const JAEGER = {
  files: ['base', 'backends/jaeger'],
  backend: 'Jaeger',
  exporter: 'otlp_grpc/jaeger',
} as const;
/** So that the sampler's memory is no limit: see num_traces. */
const QUICK = { COLLECTOR_DECISION_WAIT: '1s' };

export const SCENARIOS: readonly Scenario[] = [
  { name: 'receiving alone', signal: 'traces', files: [ALONE], env: {} },
  { name: 'base, no backend', signal: 'traces', files: ['base'], env: QUICK },
  { name: 'base and Jaeger as shipped', signal: 'traces', env: {}, ...JAEGER },
  { name: 'base and Jaeger, decided after 1 s', signal: 'traces', env: QUICK, ...JAEGER },
  {
    name: 'base and Jaeger, decided after 1 s, every trace kept',
    signal: 'traces',
    env: { ...QUICK, COLLECTOR_BASELINE_PERCENT: '100' },
    ...JAEGER,
  },
  { name: 'receiving alone', signal: 'metrics', files: [ALONE], env: {} },
  {
    name: 'base and Prometheus',
    signal: 'metrics',
    files: ['base', 'backends/prometheus'],
    env: {},
    backend: 'Prometheus',
    exporter: 'otlp_http/prometheus',
  },
];
