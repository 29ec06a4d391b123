// What the variables of the environment say, before anything is sent.
import {
  otlpTarget,
  type OtlpProtocol,
  type OtlpSignal,
  type OtlpTarget,
} from '../../pipeline/otlp/otlp-target.js';
import { logLimits } from '../../pipeline/logs/log-limits.js';
import { samplerFromEnvironment } from '../../pipeline/traces/sampler.js';
import { spanLimits } from '../../pipeline/traces/span-limits.js';
import { kernelSettings } from '../../options/kernel-settings.js';
import { finding, type Finding } from './finding.js';

type Env = Readonly<Record<string, string | undefined>>;

const HOP = 'kernel (settings)';
export const SIGNALS: readonly OtlpSignal[] = ['traces', 'metrics', 'logs'];
const NAMES: Readonly<Record<OtlpSignal, string>> = { traces: 'spans', metrics: 'metrics', logs: 'events' };
export const nameOf = (signal: OtlpSignal): string => NAMES[signal];

export interface Found {
  readonly targets: readonly OtlpTarget[];
  readonly findings: readonly Finding[];
  /** Whether OTEL_CONFIG_FILE takes the place of the variables. */
  readonly inFile: boolean;
}

/** Where each signal goes, and what keeps it from going anywhere: all that a kernel would say at its start. */
export function configuration(variables: Env, endpoint?: string, protocol?: string): Found {
  const { env, pathOf, warnings, isDisabled, ...read } = kernelSettings(variables);
  const problems = [...read.problems, ...read.refused];
  const inFile = pathOf !== undefined || problems.length > 0;
  if (problems.length > 0) {
    const findings = problems.map(({ path, received, accepted }) =>
      finding(
        HOP,
        `no kernel starts. ${path}: received ${received}; accepted is ${accepted}`,
        `correct ${path}`,
      ),
    );
    return { targets: [], findings, inFile };
  }
  const place = (name: string): string => pathOf?.(name) ?? name;
  const findings: Finding[] = [];
  const warn = (name: string, message: string): void =>
    void (
      findings.some(({ what }) => what === message) ||
      findings.push(finding(HOP, message, `correct ${place(name)}`))
    );
  for (const { name, message } of warnings) warn(name, message);
  samplerFromEnvironment(env, warn);
  spanLimits(env, warn);
  logLimits(env, warn);
  const options = { endpoint, protocol: protocol as OtlpProtocol | undefined };
  const isSent = (signal: OtlpSignal): boolean => {
    const exporters = env[`OTEL_${signal.toUpperCase()}_EXPORTER`] ?? '';
    // Without a file metrics are sent as well, since a Collector that scrapes has the same way behind it.
    return endpoint !== undefined || (inFile ? exporters.includes('otlp') : exporters.trim() !== 'none');
  };
  const targets = SIGNALS.filter(isSent).flatMap((signal) => otlpTarget(signal, options, env, warn) ?? []);
  return { targets, findings: [...findings, ...switchedOff(env, isDisabled, place)], inFile };
}

function switchedOff(env: Env, isDisabled: boolean, place: (name: string) => string): Finding[] {
  const found = (name: string, what: string, fix = ''): Finding =>
    finding(
      HOP,
      `${name}=${env[name]}: ${what}`,
      `${place(name) === name ? 'unset' : 'correct'} ${place(name)}${fix}`,
    );
  const none = (name: string, what: string): Finding[] =>
    env[name]?.trim().toLowerCase() === 'none' ? [found(name, what)] : [];
  const sampler = env['OTEL_TRACES_SAMPLER']?.trim() ?? '';
  const share = Number(env['OTEL_TRACES_SAMPLER_ARG']?.trim() || 1);
  const samples = /^(parentbased_)?always_off$/.test(sampler)
    ? 0
    : /^(parentbased_)?traceidratio$/.test(sampler)
      ? share
      : 1;
  return [
    ...(isDisabled ? [found('OTEL_SDK_DISABLED', 'nothing is recorded at all')] : []),
    ...none('OTEL_TRACES_EXPORTER', 'no span leaves the process'),
    ...none('OTEL_METRICS_EXPORTER', 'no metric leaves the process'),
    ...none('OTEL_LOGS_EXPORTER', 'no event leaves the process'),
    ...(samples === 0
      ? [
          found(
            'OTEL_TRACES_SAMPLER',
            'no trace is kept',
            ': the Collector samples, and keeps every violation',
          ),
        ]
      : []),
  ];
}
