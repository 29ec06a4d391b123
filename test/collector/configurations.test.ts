import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { checkConfiguration, reportText } from '../../tools/collector/check-configuration.js';
import { backendNames, combinations, SAMPLE_ENVIRONMENT } from '../../tools/collector/combinations.js';
import type { ConfigurationFile } from '../../tools/collector/configuration-file.js';
import { variableUses } from '../../tools/collector/environment.js';
import { EVENTS, METRICS } from '../../src/semconv/index.js';
import { FOLDER, filesOf, merged } from './collector-files.js';

interface ExporterSettings {
  readonly sending_queue?: { readonly queue_size: string; readonly batch: { readonly max_size: number } };
  readonly retry_on_failure?: object;
}

const backends = backendNames(FOLDER);
const security = ['bearer', 'bearer-agent', 'mtls', 'mtls-agent'].map((name) => `security/${name}`);
const everyFile = [
  'base',
  'enrich/cloud',
  'gateway/agent',
  'gateway/gateway',
  'scrape/targets',
  ...security,
  ...backends,
];

describe('every combination of files', () => {
  it.each(combinations(FOLDER).map((names) => [names.join(' + '), names]))('%s is sound', (_, names) => {
    expect(checkConfiguration(filesOf(...names), SAMPLE_ENVIRONMENT).problems).toEqual([]);
  });

  it('is not sound without what a user has to set', () => {
    const needy = backends.filter(
      (name) => checkConfiguration(filesOf('base', name), {}).problems.length > 0,
    );
    expect(needy).toEqual([
      'backends/datadog',
      'backends/kafka',
      'backends/otlp-http',
      'backends/prometheus-remote-write',
      'backends/tempo',
    ]);
  });

  it('is told as pipelines, with secrets kept', () => {
    const files = filesOf('base', 'backends/datadog');
    const text = reportText(checkConfiguration(files, SAMPLE_ENVIRONMENT), files, SAMPLE_ENVIRONMENT);
    expect(text).toMatch(/traces\/datadog +forward\/traces → datadog\n/);
    expect(text).toContain(
      'otlp → memory_limiter, redaction, transform/status → span_metrics, forward/sampling',
    );
    expect(text).toContain('  DD_API_KEY: set');
    expect(text).toContain('  DD_SITE: datadoghq.com (default)');
    expect(text).not.toContain(SAMPLE_ENVIRONMENT['DD_API_KEY']);
  });
});

describe('environment variables of the files', () => {
  it.each(everyFile)('%s says what each is, and which have to be set', (name) => {
    const file = filesOf(name)[0]!;
    const [base] = filesOf('base');
    const notes = (of: ConfigurationFile) => of.variables;
    const uses = variableUses(file.settings);
    expect(uses.filter((use) => !(notes(file).has(use.name) || notes(base!).has(use.name)))).toEqual([]);
    for (const [variable, note] of file.variables) {
      const own = uses.filter((use) => use.name === variable);
      if (own.length > 0)
        expect([variable, note.required]).toEqual([variable, own.every((use) => use.default === undefined)]);
    }
  });

  it('are in the table of the README, with those that have to be set', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    for (const name of backends) {
      const row = readme.split('\n').find((line) => line.startsWith(`| [${name}`));
      const required = [...filesOf(name)[0]!.variables].filter(([, note]) => note.required);
      for (const [variable] of required)
        expect([name, row]).toEqual([name, expect.stringContaining(variable)]);
    }
    for (const name of ['base', 'scrape/targets', ...security])
      for (const [variable] of filesOf(name)[0]!.variables) expect(readme).toContain(variable);
  });
});

describe('backends', () => {
  const exporters = backends.flatMap((name) =>
    Object.entries(merged(name).exporters as Record<string, ExporterSettings>).map(
      ([id, settings]) => [id, settings] as const,
    ),
  );
  const queued = exporters.filter(([id]) => !/^(debug|file|prometheus_remote_write)(\/|$)/.test(id));

  it.each(queued)(
    '%s keeps what waits on disk, in a queue of many items, without a time limit',
    (_, settings) => {
      expect(settings.sending_queue).toMatchObject({ storage: 'file_storage', sizer: 'items' });
      expect(settings.sending_queue?.queue_size).toBe('${env:COLLECTOR_QUEUE_ITEMS:-200000}');
      expect(settings.sending_queue?.batch.max_size).toBeGreaterThan(0);
      expect(settings.retry_on_failure).toEqual({ max_elapsed_time: '0s' });
    },
  );

  it('are queued but for four', () => {
    expect(queued.length).toBe(exporters.length - 6); // file has three exporters
  });

  it('are handed metrics of one sender at a time, where one bad point has all refused', () => {
    const { sending_queue: queue } = merged('backends/prometheus').exporters['otlp_http/prometheus'];
    const { sending_queue: before } = merged('gateway/agent').exporters['otlp_grpc/gateway'];
    for (const { batch } of [queue, before]) expect(batch).toMatchObject({ min_size: 0, max_size: 2000 });
  });

  it('leave names of metrics as they are', () => {
    const text = backends.map((name) => readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')).join('\n');
    expect(text).not.toMatch(/^\s*(namespace|add_metric_suffixes|resource_to_telemetry_conversion):/m);
    expect(merged('backends/prometheus-remote-write').exporters.prometheus_remote_write).toMatchObject({
      translation_strategy: 'UnderscoreEscapingWithoutSuffixes',
    });
  });
});

describe('events', () => {
  const takers = backends.filter((name) =>
    Object.keys(merged(name).service.pipelines as object).some((id) => id.startsWith('logs/')),
  );

  it('are taken by every backend but those that keep metrics or traces alone', () => {
    expect(backends.filter((name) => !takers.includes(name))).toEqual([
      'backends/jaeger',
      'backends/prometheus',
      'backends/prometheus-remote-write',
      'backends/tempo',
    ]);
  });

  it('of OCSF are of names that the registry has', () => {
    const text = readFileSync(join(FOLDER, 'backends/ocsf.yaml'), 'utf8');
    const [, names = ''] = /agent_os\\\\\.\(([a-z|_]+)\)/.exec(text) ?? [];
    expect(names.split('|').map((name) => `agent_os.${name}` in EVENTS)).toEqual([true, true, true]);
    const asked = new Set([...text.matchAll(/log\.attributes\["([\w.]+)"\]/g)].map(([, key]) => key!));
    const known = Object.values(EVENTS).flatMap(({ attributes }) => attributes as readonly string[]);
    expect([...asked].filter((key) => !known.includes(key))).toEqual([]);
  });
});

describe('the base', () => {
  const base = merged('base');

  it('listens on loopback unless told otherwise, on the usual ports', () => {
    const { grpc, http } = base.receivers.otlp.protocols;
    const own = base.service.telemetry.metrics.readers[0].pull.exporter.prometheus;
    const bind = '${env:COLLECTOR_BIND:-127.0.0.1}';
    expect(grpc.endpoint).toBe(`${bind}:\${env:COLLECTOR_GRPC_PORT:-4317}`);
    expect(http.endpoint).toBe(`${bind}:\${env:COLLECTOR_HTTP_PORT:-4318}`);
    expect(base.extensions.health_check.endpoint).toBe(`${bind}:\${env:COLLECTOR_HEALTH_PORT:-13133}`);
    expect([own.host, own.port]).toEqual([bind, '${env:COLLECTOR_METRICS_PORT:-8888}']);
  });

  it('scrapes the kernel as the job that alerts know', () => {
    expect(base.receivers.prometheus.config.scrape_configs).toEqual([
      expect.objectContaining({
        job_name: 'agent-os-kernel',
        static_configs: [{ targets: ['${env:KERNEL_METRICS_TARGET:-127.0.0.1:9464}'] }],
      }),
    ]);
  });

  it('scrapes kernels of a file as it scrapes the one, and each kernel of the example is a service', () => {
    const [one] = base.receivers.prometheus.config.scrape_configs;
    const [many] = merged('scrape/targets').receivers.prometheus.config.scrape_configs;
    const file_sd_configs = [{ files: ['${env:KERNEL_TARGETS_FILE}'] }];
    expect({ ...many, static_configs: [] }).toEqual({ ...one, static_configs: [], file_sd_configs });
    const example = parse(readFileSync(join(FOLDER, 'scrape/targets.example.yml'), 'utf8')) as {
      targets: string[];
      labels: Record<string, string>;
    }[];
    for (const { labels } of example)
      expect(Object.keys(labels).sort()).toEqual(['deployment_environment_name', 'service_name']);
    expect(new Set(example.map(({ labels }) => labels['service_name'])).size).toBe(example.length);
  });

  it('scrapes nothing where others do', () => {
    const { scrape_configs } = merged('base', 'gateway/gateway').receivers.prometheus.config;
    expect(scrape_configs).toEqual([{ job_name: 'agent-os-kernel' }]);
  });

  it('counts as wrong in time what it refuses as such, and lets the rest through', () => {
    const refused = base.processors['filter/skewed'].metrics.datapoint;
    const [counted] = Object.values<{ conditions: string[] }>(base.connectors['count/skewed'].datapoints);
    expect(counted!.conditions).toEqual(refused);
    expect(refused).toEqual([
      'Now() - datapoint.time > Duration("25m")',
      'datapoint.time - Now() > Duration("5m")',
    ]);
    const { pipelines } = base.service;
    for (const id of ['metrics', 'metrics/scraped'])
      expect(pipelines[id].exporters).toEqual(['count/skewed', 'forward/received']);
    expect(pipelines['metrics/received']).toEqual({
      receivers: ['forward/received'],
      processors: ['filter/skewed'],
      exporters: ['forward/metrics'],
    });
    expect(Object.keys(base.connectors['count/skewed'].datapoints)).toEqual([
      'agent_os_telemetry_skewed_points_total',
    ]);
  });

  it('takes what a scrape says of itself apart from what the kernel says', () => {
    const [itself] = base.processors['filter/scraped'].metrics.metric;
    expect(base.processors['filter/targets'].metrics.metric).toEqual([`not (${itself})`]);
  });

  it('cleans, then measures, then samples', () => {
    const { pipelines } = base.service;
    expect(pipelines.traces.processors).toEqual(['memory_limiter', 'redaction', 'transform/status']);
    expect(pipelines.traces.exporters).toEqual(['span_metrics', 'forward/sampling']);
    expect(pipelines['traces/sampled'].processors).toEqual(['tail_sampling', 'batch']);
    expect(pipelines['traces/sampled'].exporters).toEqual(['forward/traces']);
  });

  it('cleans events and hands them on, unsampled', () => {
    expect(base.service.pipelines.logs).toEqual({
      receivers: ['otlp'],
      processors: ['memory_limiter', 'redaction'],
      exporters: ['forward/logs'],
    });
    expect(merged('gateway/agent').service.pipelines.logs.processors).toEqual([
      'memory_limiter',
      'redaction',
    ]);
  });

  it('has a batch processor after the sampler alone: receivers must feel a full queue', () => {
    for (const name of everyFile) {
      const { pipelines = {} } = (merged(name).service ?? {}) as {
        pipelines?: Record<string, { processors?: string[] }>;
      };
      const batching = Object.keys(pipelines).filter((id) => pipelines[id]!.processors?.includes('batch'));
      expect(batching.filter((id) => id !== 'traces/sampled')).toEqual([]);
    }
  });

  it('measures spans under names of their own, by closed sets alone', () => {
    const renamed = (base.processors['transform/span_metric_names'].metric_statements as string[]).map(
      (statement) =>
        /^set\(metric\.name, "(\w+)"\) where metric\.name == "([\w.]+)"$/.exec(statement)?.slice(1),
    );
    expect(renamed).toEqual([
      ['traces_span_metrics_calls_total', `${base.connectors.span_metrics.namespace}.calls`],
      ['traces_span_metrics_duration_seconds', `${base.connectors.span_metrics.namespace}.duration`],
    ]);
    expect(Object.keys(METRICS).filter((name) => name.startsWith('traces_'))).toEqual([]);
    expect(base.connectors.span_metrics.dimensions).toEqual([
      { name: 'kernel.component' },
      { name: 'agent_os.decision' },
      { name: 'agent_os.enforced' },
    ]);
    expect(base.connectors.span_metrics.aggregation_cardinality_limit).toBeGreaterThan(0);
  });

  it('is what an agent cleans with, too', () => {
    const agent = merged('gateway/agent');
    for (const id of [
      'redaction',
      'redaction/metrics',
      'transform/status',
      'filter/scraped',
      'filter/targets',
      'transform/scraped_identity',
      'transform/target_identity',
    ])
      expect(agent.processors[id]).toEqual(base.processors[id]);
    expect(agent.exporters.load_balancing.routing_key).toBe('traceID');
    expect(Object.keys(agent.processors)).not.toContain('tail_sampling');
  });
});
