import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Core from '@opentelemetry/core';
import type * as MetricExporter from '@opentelemetry/exporter-metrics-otlp-proto';
import type * as Prometheus from '@opentelemetry/exporter-prometheus';
import type * as SpanExporter from '@opentelemetry/exporter-trace-otlp-proto';
import type * as Resources from '@opentelemetry/resources';
import type * as Metrics from '@opentelemetry/sdk-metrics';
import { printable } from '../diagnostics/drop-log.js';
import { ObservabilityError } from '../diagnostics/errors.js';
import { type TraceSdk, traceSdkOf } from './traces/trace-sdk.js';

/** The parts of a pipeline, each with packages of its own. */
export interface PipelineParts {
  readonly metrics: boolean;
  readonly pushMetrics: boolean;
  readonly traces: boolean;
  readonly exportTraces: boolean;
}

/** The official packages. What a part needs that was not asked for is not loaded. */
export interface OfficialPackages {
  readonly core: () => typeof Core;
  readonly resources: () => typeof Resources;
  readonly metrics: () => typeof Metrics;
  readonly prometheus: () => typeof Prometheus;
  readonly metricExporter: () => typeof MetricExporter;
  readonly traces: () => TraceSdk;
  readonly spanExporter: () => typeof SpanExporter;
}

/** How packages of the host are found. */
export interface HostPackages {
  readonly nodeVersion: string;
  /** The version that is installed; undefined for none. */
  version(name: string): string | undefined;
  load(name: string): unknown;
}

/** Releases that belong together. The exact ones are those of the install line. */
interface ReleaseLine {
  readonly api: string;
  readonly sdk: string;
  readonly exporters: string;
  readonly traces: string;
  readonly node: string;
}

const SDK_2: ReleaseLine = {
  api: '1.9.1',
  sdk: '2.12.0',
  exporters: '0.223.0',
  traces: '@opentelemetry/sdk-trace-base',
  node: '20.19.0',
};
const SDK_3: ReleaseLine = {
  api: '1.10.0',
  sdk: '3.1.0',
  exporters: '0.301.0',
  traces: '@opentelemetry/sdk-trace',
  node: '22.15.0',
};

/**
 * Loads the official packages that the host has installed beside this one.
 *
 * @throws ObservabilityError AOO_PIPELINE_UNAVAILABLE that names all that is missing or of another version, and the
 * command that installs it
 */
export function loadOfficialPackages(parts: PipelineParts, host: HostPackages = INSTALLED): OfficialPackages {
  const line = releaseLineOf(host);
  const names = packagesOf(parts, line);
  const wrong = names.flatMap((name) => {
    const found = host.version(name);
    const wanted = wantedVersion(name, line);
    if (found !== undefined && sameMinor(found, wanted)) return [];
    return [`${name} ${minorOf(wanted)} (${found === undefined ? 'not found' : `found ${found}`})`];
  });
  if (isBelow(host.nodeVersion, line.node)) wrong.push(`Node.js ${line.node} (found ${host.nodeVersion})`);
  if (wrong.length > 0) throw unavailable(`it needs ${wrong.join(', ')}`, names, line);
  try {
    const loaded = new Map(names.map((name) => [name, host.load(name)]));
    const packageOf = <T>(name: string) => {
      return (): T => loaded.get(`@opentelemetry/${name}`) as T;
    };
    const traces = parts.traces ? traceSdkOf(loaded.get(line.traces)) : undefined;
    return {
      core: packageOf('core'),
      resources: packageOf('resources'),
      metrics: packageOf('sdk-metrics'),
      prometheus: packageOf('exporter-prometheus'),
      metricExporter: packageOf('exporter-metrics-otlp-proto'),
      traces: () => traces as TraceSdk,
      spanExporter: packageOf('exporter-trace-otlp-proto'),
    };
  } catch (error) {
    throw unavailable(`a package could not be loaded (${printable(error)})`, names, line, error);
  }
}

/** The line that the host is on already; for one that is on none, what its API and its Node.js can have. */
function releaseLineOf(host: HostPackages): ReleaseLine {
  const installed = ['sdk-metrics', 'core', 'resources', 'sdk-trace']
    .map((name) => host.version(`@opentelemetry/${name}`))
    .find((version) => version !== undefined);
  if (installed !== undefined) return isBelow(installed, '3.0.0') ? SDK_2 : SDK_3;
  const api = host.version('@opentelemetry/api') ?? SDK_2.api;
  return isBelow(api, SDK_3.api) || isBelow(host.nodeVersion, SDK_3.node) ? SDK_2 : SDK_3;
}

function packagesOf(parts: PipelineParts, { traces }: ReleaseLine): string[] {
  const names = ['core', 'resources'];
  if (parts.metrics) names.push('sdk-metrics', 'exporter-prometheus');
  if (parts.pushMetrics) names.push('exporter-metrics-otlp-proto');
  if (parts.exportTraces) names.push('exporter-trace-otlp-proto');
  return [...names.map((name) => `@opentelemetry/${name}`), ...(parts.traces ? [traces] : [])];
}

function wantedVersion(name: string, line: ReleaseLine): string {
  return name.includes('/exporter-') ? line.exporters : line.sdk;
}

function unavailable(
  why: string,
  names: readonly string[],
  line: ReleaseLine,
  cause?: unknown,
): ObservabilityError {
  const packages = names.map((name) => `${name}@${wantedVersion(name, line)}`).sort();
  const message = `pipeline: 'otel-sdk' cannot start: ${why}. Install what it needs with
  npm install @opentelemetry/api@${line.api} ${packages.join(' ')}
or leave the option out.`;
  return new ObservabilityError(
    'AOO_PIPELINE_UNAVAILABLE',
    message,
    [],
    cause === undefined ? {} : { cause },
  );
}

function numbersOf(version: string): number[] {
  return version.split(/[.+-]/, 3).map(Number);
}

function isBelow(version: string, limit: string): boolean {
  const limits = numbersOf(limit);
  const differing = numbersOf(version).findIndex((number, index) => number !== limits[index]);
  return differing >= 0 && (numbersOf(version)[differing] as number) < (limits[differing] as number);
}

function minorOf(version: string): string {
  return numbersOf(version).slice(0, 2).join('.');
}

function sameMinor(version: string, wanted: string): boolean {
  return minorOf(version) === minorOf(wanted);
}

/** As `require` finds them from where this file is; in a bundle, from where the bundle is. */
const INSTALLED: HostPackages = {
  nodeVersion: process.versions.node,
  version: (name) => {
    try {
      return versionIn(dirname(hostRequire().resolve(name)), name);
    } catch {
      return undefined;
    }
  },
  load: (name) => hostRequire()(name) as unknown,
};

/** A package need not export its package.json, so it is read from the folder that the package's entry point is in. */
function versionIn(folder: string, name: string): string | undefined {
  try {
    const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, string>;
    if (about['name'] === name) return about['version'];
  } catch {
    // No package.json here: it is further up.
  }
  return dirname(folder) === folder ? undefined : versionIn(dirname(folder), name);
}

function hostRequire(): NodeJS.Require {
  return createRequire(typeof __filename === 'string' ? __filename : import.meta.url);
}
