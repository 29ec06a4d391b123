// The configurations of prometheus/ with what tests must change: addresses, and intervals that are minutes for people.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, visit, type Document } from 'yaml';
import { ROOT, type StackSettings } from '../../../tools/stack/native/programs.js';

export const SHIPPED = 'shipped';

export interface PrometheusChanges {
  /** Of scrapes and of rules: a time, or those that are shipped. */
  readonly interval?: string;
  /** Jobs that scrape a kernel without a Collector between, by name: its address, and the format that is asked for. */
  readonly kernels?: Readonly<Record<string, { readonly target: string; readonly protocol: string }>>;
}

export interface AlertmanagerChanges {
  /** Where every receiver of local.yml sends, with its name as the path. */
  readonly webhook: string;
  readonly groupWait: string;
}

export function prometheusConfiguration(
  { ports, data }: StackSettings,
  { interval = '1s', kernels = {} }: PrometheusChanges,
): string {
  const folder = join(data, 'prometheus-configuration');
  const document = read('prometheus/prometheus.yml');
  if (interval !== SHIPPED)
    for (const setting of ['scrape_interval', 'scrape_timeout', 'evaluation_interval'])
      document.setIn(['global', setting], interval);
  document.setIn(['scrape_configs', 0, 'static_configs', 0, 'targets', 0], `127.0.0.1:${ports.prometheus}`);
  for (const [job_name, { target, protocol }] of Object.entries(kernels)) {
    const job = { job_name, scrape_protocols: [protocol], static_configs: [{ targets: [target] }] };
    document.addIn(['scrape_configs'], job);
  }
  const targets = {
    alertmanager: ports.alertmanager,
    jaeger: ports.jaegerMetrics,
    'otel-collector': ports.collectorMetrics,
  };
  mkdirSync(join(folder, 'targets'), { recursive: true });
  for (const [name, port] of Object.entries(targets))
    writeFileSync(join(folder, 'targets', `${name}.yml`), `- targets: ['127.0.0.1:${port}']\n`);
  writeRules(join(folder, 'rules'), interval === SHIPPED);
  return write(folder, 'prometheus.yml', document);
}

/** Unless as shipped, what is recorded every few minutes or once an hour, soon: such a test must not ask how much it is. */
function writeRules(folder: string, asShipped: boolean): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(join(ROOT, 'prometheus/rules'))) {
    const rules = readFileSync(join(ROOT, 'prometheus/rules', name), 'utf8');
    const soon = rules.replace(/interval: (30s|1m|5m|10m|1h)$/gm, 'interval: 5s');
    writeFileSync(join(folder, name), asShipped ? rules : soon);
  }
}

export function alertmanagerConfiguration(
  { data }: StackSettings,
  { webhook, groupWait }: AlertmanagerChanges,
): string {
  const folder = join(data, 'alertmanager-configuration');
  mkdirSync(folder, { recursive: true });
  link(join(ROOT, 'prometheus/alertmanager/templates'), join(folder, 'templates'));
  const document = read('prometheus/alertmanager/local.yml');
  visit(document, {
    Pair(_, pair) {
      if (String(pair.key) === 'group_wait') pair.value = document.createNode(groupWait);
    },
  });
  const { receivers } = document.toJS() as { receivers: { name: string }[] };
  document.set(
    'receivers',
    receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `${webhook}/${name}`, send_resolved: true }],
    })),
  );
  return write(folder, 'alertmanager.yml', document);
}

const read = (path: string): Document =>
  parseDocument(readFileSync(join(ROOT, path), 'utf8'), { merge: true });

function write(folder: string, name: string, document: Document): string {
  const path = join(folder, name);
  writeFileSync(path, document.toString());
  return path;
}

function link(target: string, path: string): void {
  if (!existsSync(path)) symlinkSync(target, path);
}
