// Looks for the mark behind the Collector, and where it does not come, for the hop that has it.
import { setTimeout as delay } from 'node:timers/promises';
import type { OtlpSignal } from '../../pipeline/otlp/otlp-target.js';
import type { Addresses } from './addresses.js';
import { nameOf } from './configuration.js';
import { finding, silent, type Finding } from './finding.js';
import { ask, askJson, askMetrics, sumOf, type Samples } from './http.js';
import { DOCTOR, PROBE_METRIC, type Mark } from './probe-message.js';

const LOOK_MILLIS = 250;

interface Backend {
  readonly name: string;
  readonly url: string;
  /** Which of the Collector's exporters feed it. */
  readonly exporter: RegExp;
  readonly file: string;
  /** What is found; undefined while nothing is. */
  readonly look: () => Promise<'found' | Finding | undefined>;
}

export function backendOf(signal: OtlpSignal, addresses: Addresses, mark: Mark): Backend | undefined {
  const { jaeger, prometheus, victoriaLogs } = addresses;
  if (signal === 'traces' && jaeger !== undefined)
    return {
      name: 'Jaeger',
      url: jaeger,
      exporter: /jaeger/,
      file: 'backends/jaeger.yaml',
      look: async () => ((await ask(`${jaeger}/api/traces/${mark.id}`)).status === 200 ? 'found' : undefined),
    };
  if (signal === 'metrics' && prometheus !== undefined)
    return {
      name: 'Prometheus',
      url: prometheus,
      exporter: /prometheus/,
      file: 'backends/prometheus.yaml',
      look: () => lookInPrometheus(prometheus, mark),
    };
  if (signal === 'logs' && victoriaLogs !== undefined)
    return {
      name: 'VictoriaLogs',
      url: victoriaLogs,
      exporter: /victoria/,
      file: 'backends/victoria-logs.yaml',
      look: async () => {
        const query = new URLSearchParams({ query: `trace_id:=${mark.id}`, limit: '1' });
        const { text } = await ask(`${victoriaLogs}/select/logsql/query?${query}`);
        return text.includes(mark.id) ? 'found' : undefined;
      },
    };
  return undefined;
}

async function lookInPrometheus(url: string, { id }: Mark): Promise<'found' | Finding | undefined> {
  const query = new URLSearchParams({ query: `${PROBE_METRIC}{mark="${id}"}` });
  type Vector = { data: { result: { metric: Record<string, string> }[] } };
  const metric = (await askJson<Vector>(`${url}/api/v1/query?${query}`))?.data.result[0]?.metric;
  if (metric === undefined) return undefined;
  const missing = ['service_instance_id', 'service_name'].filter((label) => metric[label] === undefined);
  if (missing.length === 0) return 'found';
  return finding(
    'Prometheus (labels)',
    `the series of a kernel have no ${missing.join(' and no ')}: kernels are taken for one another`,
    'list service.name, service.instance.id and agent_os.kernel.id in otlp.promote_resource_attributes of prometheus.yml',
  );
}

/** Until the mark is there, or the time is over. */
export async function arrival(
  signal: OtlpSignal,
  backend: Backend,
  collectorMetrics: string | undefined,
  deadline: number,
): Promise<Finding | undefined> {
  let unanswered: string | undefined;
  do {
    try {
      const seen = await backend.look();
      if (seen === 'found') return undefined;
      if (seen !== undefined) return seen;
      unanswered = undefined;
    } catch (error) {
      unanswered = (error as Error).message;
      if (/ECONNREFUSED|ENOTFOUND/.test(unanswered)) break;
    }
    await delay(LOOK_MILLIS);
  } while (Date.now() < deadline);
  if (unanswered !== undefined) return silent(backend.name, backend.url, unanswered);
  return await blamed(signal, backend, collectorMetrics);
}

const UNITS: Readonly<Record<OtlpSignal, string>> = {
  traces: 'spans',
  metrics: 'metric_points',
  logs: 'log_records',
};

/** The Collector took it and the backend has it not: what the Collector says of its exporters. */
async function blamed(
  signal: OtlpSignal,
  backend: Backend,
  metricsUrl: string | undefined,
): Promise<Finding> {
  const { name, exporter, file, url } = backend;
  const hop = `Collector → ${name}`;
  const what = `the Collector took the ${nameOf(signal)} of ${DOCTOR}, and ${name} does not show them`;
  let samples: Samples = [];
  try {
    samples = metricsUrl === undefined ? [] : await askMetrics(metricsUrl);
  } catch {
    // Said by another check.
  }
  if (samples.length === 0)
    return finding(hop, what, `see the log of the Collector, and whether it sends to ${url}`);
  const unit = UNITS[signal];
  const of = (metric: string): number => sumOf(samples, new RegExp(`^otelcol_exporter_${metric}`), exporter);
  if (!samples.some((one) => one.name.startsWith('otelcol_exporter_') && exporter.test(one.labels)))
    return finding(hop, `${what}: it has no exporter to it`, `start it with --config ${file} as well`);
  const failed = of(`send_failed_${unit}`) + of(`enqueue_failed_${unit}`);
  if (failed > 0)
    return finding(
      hop,
      `${what}: ${name} refused ${failed} of its ${unit.replace('_', ' ')}`,
      name === 'Prometheus'
        ? 'start Prometheus with --web.enable-otlp-receiver, and see why it refuses in the log of the Collector'
        : 'see why it refuses in the log of the Collector',
    );
  if (of('queue_size') > 0)
    return finding(
      hop,
      `${what}: they wait in its queue`,
      `see where ${file} sends, and whether ${name} listens there`,
    );
  return finding(
    hop,
    `${what}, though the Collector says it sent`,
    `see whether ${url} is the ${name} that ${file} names`,
  );
}
