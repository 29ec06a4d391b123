/** What a host may have of OpenTelemetry before this package comes: names below `@opentelemetry`, and releases. */
export interface InstallHost {
  readonly name: string;
  readonly packages: Readonly<Record<string, string>>;
}

/** The SDK of a release line, as its own packages want each other. */
function sdk(
  version: string,
  exporters: string,
  api: string,
  trace: 'sdk-trace-base' | 'sdk-trace',
): InstallHost {
  return {
    name: `SDK ${version}, exporters ${exporters}`,
    packages: {
      api,
      core: version,
      resources: version,
      'sdk-metrics': version,
      [trace]: version,
      'exporter-prometheus': exporters,
      'exporter-metrics-otlp-proto': exporters,
      'exporter-trace-otlp-proto': exporters,
    },
  };
}

export const INSTALL_HOSTS: readonly InstallHost[] = [
  { name: 'API 1.9', packages: { api: '1.9.1' } },
  { name: 'API 1.10', packages: { api: '1.10.0' } },
  sdk('1.30.1', '0.57.2', '1.9.1', 'sdk-trace-base'),
  sdk('2.0.0', '0.200.0', '1.9.1', 'sdk-trace-base'),
  sdk('2.4.0', '0.210.0', '1.9.1', 'sdk-trace-base'),
  sdk('2.11.0', '0.222.0', '1.9.1', 'sdk-trace-base'),
  sdk('2.12.0', '0.223.0', '1.9.1', 'sdk-trace-base'),
  sdk('3.0.0', '0.300.0', '1.10.0', 'sdk-trace'),
  sdk('3.1.0', '0.301.0', '1.10.0', 'sdk-trace'),
  { name: 'newest 2.12', packages: { api: '1.9.1', 'sdk-metrics': '2.12.1', 'sdk-trace-base': '2.12.1' } },
  { name: 'newest 3.1', packages: { api: '1.10.0', 'sdk-metrics': '3.1.1', 'sdk-trace': '3.1.1' } },
  { name: 'NodeSDK 0.210', packages: { api: '1.9.1', 'sdk-node': '0.210.0' } },
  { name: 'NodeSDK 0.301', packages: { api: '1.10.0', 'sdk-node': '0.301.0' } },
];

/** What hosts install by, beside npm. */
export const PACKAGE_MANAGERS = {
  pnpm: 'pnpm@10.34.9',
  yarn1: 'yarn@1.22.22',
  yarn: '@yarnpkg/cli-dist@4.18.1',
} as const;
