import { Chart } from '../chart.js';
import { quantile, rate, seconds, share, sum } from '../format.js';
import { Panel } from '../parts.js';
import type { Model } from '../store.js';

interface Props {
  readonly model: Model;
  readonly theme: string;
}

export function Verdicts({ model: { points, state }, theme }: Props) {
  const last = points.at(-1);
  const label = last
    ? `Requests a second: ${rate(last.allowed)} allowed, ${rate(last.denied)} denied, ${rate(last.failed)} failed.`
    : 'No readings yet.';
  const checks = state?.checks ?? {};
  return (
    <Panel
      id="verdicts"
      title="Requests a second"
      aside={`${share(checks['denied'] ?? 0, sum(checks))} of policy checks deny`}
    >
      <Chart
        theme={theme}
        label={label}
        format={rate}
        times={points.map(({ at }) => at)}
        lines={[
          { label: 'allowed', color: '--good', values: points.map(({ allowed }) => allowed), fill: true },
          { label: 'denied', color: '--bad', values: points.map(({ denied }) => denied), fill: true },
          { label: 'failed', color: '--warn', values: points.map(({ failed }) => failed) },
        ]}
      />
    </Panel>
  );
}

export function Latency({ model: { points, state }, theme }: Props) {
  const last = points.at(-1);
  const execution = state?.latency.execution;
  return (
    <Panel
      id="latency"
      title="Policy check latency"
      aside={
        execution &&
        `actions take ${seconds(quantile(execution, 0.5))}, p95 ${seconds(quantile(execution, 0.95))}`
      }
    >
      <Chart
        theme={theme}
        log
        label={`Policy checks take ${seconds(last?.p50)}, p95 ${seconds(last?.p95)}, p99 ${seconds(last?.p99)}.`}
        format={seconds}
        times={points.map(({ at }) => at)}
        lines={[
          { label: 'p99', color: '--warn', values: points.map(({ p99 }) => p99) },
          { label: 'p95', color: '--info', values: points.map(({ p95 }) => p95) },
          { label: 'p50', color: '--good', values: points.map(({ p50 }) => p50) },
        ]}
      />
    </Panel>
  );
}
