// What the variables of the environment say, before anything is sent.
import {
  otlpTarget,
  type OtlpProtocol,
  type OtlpSignal,
  type OtlpTarget,
} from '../../pipeline/otlp/otlp-target.js';
import { finding, type Finding } from './finding.js';

type Env = Readonly<Record<string, string | undefined>>;

const HOP = 'kernel (settings)';
export const SIGNALS: readonly OtlpSignal[] = ['traces', 'metrics', 'logs'];
const NAMES: Readonly<Record<OtlpSignal, string>> = { traces: 'spans', metrics: 'metrics', logs: 'events' };
export const nameOf = (signal: OtlpSignal): string => NAMES[signal];

export interface Found {
  readonly targets: readonly OtlpTarget[];
  readonly findings: readonly Finding[];
}

/** Where each signal goes, and what keeps it from going anywhere. */
export function configuration(env: Env, endpoint?: string, protocol?: string): Found {
  const findings: Finding[] = [];
  const warn = (name: string, message: string): void =>
    void (
      findings.some(({ what }) => what === message) || findings.push(finding(HOP, message, `correct ${name}`))
    );
  const options = { endpoint, protocol: protocol as OtlpProtocol | undefined };
  const targets = SIGNALS.flatMap((signal) => otlpTarget(signal, options, env, warn) ?? []);
  return { targets, findings: [...findings, ...switchedOff(env)] };
}

function switchedOff(env: Env): Finding[] {
  const is = (name: string, value: string): boolean => env[name]?.trim().toLowerCase() === value;
  const off = (name: string, value: string, what: string): Finding[] =>
    is(name, value) ? [finding(HOP, `${name}=${value}: ${what}`, `unset ${name}`)] : [];
  const sampler = env['OTEL_TRACES_SAMPLER']?.trim().toLowerCase() ?? '';
  const share = Number(env['OTEL_TRACES_SAMPLER_ARG'] ?? 1);
  const samples = /always_off$/.test(sampler) ? 0 : /traceidratio$/.test(sampler) ? share : 1;
  return [
    ...off('OTEL_SDK_DISABLED', 'true', 'nothing is recorded at all'),
    ...off('OTEL_TRACES_EXPORTER', 'none', 'no span leaves the process'),
    ...off('OTEL_LOGS_EXPORTER', 'none', 'no event leaves the process'),
    ...(samples > 0
      ? []
      : [
          finding(
            HOP,
            `OTEL_TRACES_SAMPLER=${sampler} keeps no trace`,
            'unset OTEL_TRACES_SAMPLER: the Collector samples, and keeps every violation',
          ),
        ]),
  ];
}
