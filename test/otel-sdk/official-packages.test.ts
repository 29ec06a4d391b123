import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ObservabilityError } from '../../src/diagnostics/errors.js';
import { type HostPackages, loadOfficialPackages } from '../../src/otel-sdk/official-packages.js';

const ALL = { metrics: true, pushMetrics: true, traces: true, exportTraces: true };

/** A host that has these packages, by their names below `@opentelemetry`. */
const hostWith = (
  versions: Readonly<Record<string, string>>,
  { nodeVersion = '24.11.0', load = (): unknown => ({}) } = {},
): HostPackages => ({
  nodeVersion,
  version: (name) => versions[name.replace('@opentelemetry/', '')],
  load,
});
const SDK_2 = {
  api: '1.9.1',
  core: '2.12.1',
  resources: '2.12.0',
  'sdk-metrics': '2.12.0',
  'sdk-trace-base': '2.12.0',
  'exporter-prometheus': '0.223.0',
  'exporter-metrics-otlp-proto': '0.223.1',
  'exporter-trace-otlp-proto': '0.223.0',
};
const SDK_3 = {
  api: '1.10.0',
  core: '3.1.1',
  resources: '3.1.1',
  'sdk-metrics': '3.1.0',
  'sdk-trace': '3.1.0',
  'exporter-prometheus': '0.301.0',
  'exporter-metrics-otlp-proto': '0.301.0',
  'exporter-trace-otlp-proto': '0.301.0',
};
const refusal = (host: HostPackages, parts = ALL): ObservabilityError => {
  try {
    loadOfficialPackages(parts, host);
  } catch (error) {
    return error as ObservabilityError;
  }
  throw new Error('nothing was refused');
};
const INSTALL_2 =
  'npm install @opentelemetry/api@1.9.1 @opentelemetry/core@2.12.0 @opentelemetry/exporter-metrics-otlp-proto@0.223.0 ' +
  '@opentelemetry/exporter-prometheus@0.223.0 @opentelemetry/exporter-trace-otlp-proto@0.223.0 ' +
  '@opentelemetry/resources@2.12.0 @opentelemetry/sdk-metrics@2.12.0 @opentelemetry/sdk-trace-base@2.12.0\n';

test.each([
  ['2.12 with exporters 0.223', SDK_2],
  ['3.1 with exporters 0.301', SDK_3],
])('packages of version %s are loaded', (_, versions) => {
  expect(() => loadOfficialPackages(ALL, hostWith(versions))).not.toThrow();
});

test('the packages that are installed here are the classes that a host imports', async () => {
  const packages = loadOfficialPackages(ALL);
  expect(packages.metrics().MeterProvider).toBe((await import('@opentelemetry/sdk-metrics')).MeterProvider);
});

test('all missing packages are one error, with the command that installs them', () => {
  const error = refusal(hostWith({ api: '1.9.1' }));
  expect(error).toBeInstanceOf(ObservabilityError);
  expect(error.code).toBe('AOO_PIPELINE_UNAVAILABLE');
  expect(error.message).toContain(INSTALL_2);
  expect(error.message).toContain('@opentelemetry/sdk-trace-base 2.12 (not found)');
  expect(error.message.match(/not found/g)).toHaveLength(7);
});

test("the README's install line for them is the same command, with this package", () => {
  const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
  expect(readme).toContain(INSTALL_2.replace('npm install', 'npm install agent-os-observability'));
});

test('a package of another version is named with what was found', () => {
  const { message } = refusal(hostWith({ ...SDK_2, 'exporter-prometheus': '0.210.0' }));
  expect(message).toContain('it needs @opentelemetry/exporter-prometheus 0.223 (found 0.210.0). ');
});

test.each([
  ['1.30.1', '1.9.1', '2.12.0'],
  ['2.0.0', '1.9.1', '2.12.0'],
  ['2.11.0', '1.9.1', '2.12.0'],
  ['3.0.0', '1.10.0', '3.1.0'],
  ['4.0.0', '1.10.0', '3.1.0'],
])('an SDK of version %s is refused, and the command is for %s and %s', (sdk, api, wanted) => {
  const older = { ...SDK_2, core: sdk, resources: sdk, 'sdk-metrics': sdk, 'sdk-trace-base': sdk };
  expect(refusal(hostWith(older)).message).toMatch(
    new RegExp(`npm install @opentelemetry/api@${api} @opentelemetry/core@${wanted} `),
  );
});

test('without any SDK the command is for the version that the API and Node.js can have', () => {
  const commandOf = (api: string, nodeVersion: string): string | undefined =>
    /core@([\d.]+)/.exec(refusal(hostWith({ api }, { nodeVersion })).message)?.[1];
  expect(commandOf('1.9.1', '24.11.0')).toBe('2.12.0');
  expect(commandOf('1.10.0', '24.11.0')).toBe('3.1.0');
  expect(commandOf('1.10.0', '20.19.0')).toBe('2.12.0');
});

test('version 3 on a Node.js that it does not run on is refused', () => {
  const { message } = refusal(hostWith(SDK_3, { nodeVersion: '22.14.0' }));
  expect(message).toContain('it needs Node.js 22.15.0 (found 22.14.0)');
});

test('a package that cannot be loaded is the same error, with its reason', () => {
  const broken = (): never => {
    throw new Error('too many open files');
  };
  const error = refusal(hostWith(SDK_2, { load: broken }));
  expect(error.code).toBe('AOO_PIPELINE_UNAVAILABLE');
  expect(error.message).toContain('a package could not be loaded (');
  expect(error.message).toContain('too many open files');
  expect((error.cause as Error).message).toBe('too many open files');
});

test('only the packages of the parts that are asked for are needed and loaded', () => {
  const load = jest.fn(() => ({}));
  const parts = { metrics: false, pushMetrics: false, traces: true, exportTraces: false };
  const { core, resources, 'sdk-trace-base': traces } = SDK_2;
  loadOfficialPackages(parts, hostWith({ core, resources, 'sdk-trace-base': traces }, { load }));
  expect(load.mock.calls.flat()).toEqual([
    '@opentelemetry/core',
    '@opentelemetry/resources',
    '@opentelemetry/sdk-trace-base',
  ]);
});
