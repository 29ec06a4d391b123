import { collect, type Answered, type Findings } from '../../tools/report/collect.js';
import type { Breakdown } from '../../tools/report/questions.js';
import { rendered } from '../../tools/report/render.js';
import { Prometheus } from '../../tools/pictures/prometheus.js';
import { SHIPPED } from './support/configurations.js';
import { eventually } from './support/eventually.js';
import { DENIED } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { stackOfEachTest } from './support/test-stack.js';

const HOUR = 3_600_000;
const SCOPE = { service: 'e2e-kernel', environment: '.*' };
const HAPPENED = { critical: 7, low: 3, medium: 2 };
const ALL = HAPPENED.critical + HAPPENED.low + HAPPENED.medium;

describe('the report', () => {
  const stackOf = stackOfEachTest();

  it('has the violations that happened, as Prometheus has them', async () => {
    const stack = stackOf();
    await Promise.all([
      stack.startCollector({ files: ['base', 'backends/prometheus'] }),
      stack.startPrometheus({ interval: SHIPPED }),
    ]);
    const host = await stack.startHost();
    await host.act('agent-1', DENIED, HAPPENED.critical);
    for (const severity of ['low', 'medium'] as const)
      for (let i = 0; i < HAPPENED[severity]; i += 1) await host.forbid('agent-2', severity);

    const prometheus = new Prometheus(`http://127.0.0.1:${stack.settings.ports.prometheus}`);
    let found: Findings | undefined;
    await eventually(
      `${ALL} violations in the report`,
      async () => {
        const to = new Date();
        found = await collect(prometheus, { from: new Date(to.getTime() - HOUR), to }, SCOPE);
        return figure(found, 'Policy violations') === ALL ? true : undefined;
      },
      () => found && figure(found, 'Policy violations'),
    );
    const findings = found!;
    expect(figure(findings, 'High and critical')).toBe(HAPPENED.critical);
    expect(counts(findings.breakdowns, 'Violations by severity', 'severity')).toEqual(HAPPENED);
    expect(counts(findings.breakdowns, 'Violations by policy', 'policy')).toEqual({
      'service-desk': HAPPENED.critical,
      notes: HAPPENED.low + HAPPENED.medium,
    });
    const bySeverity = 'sum by (severity) (agent_os_violations_total{service_name="e2e-kernel"})';
    const asked = (await stack.prometheus.query(bySeverity)).map(({ labels, value }) => [
      labels['severity'],
      value,
    ]);
    expect(Object.fromEntries(asked)).toEqual(HAPPENED);
    expect(rendered(findings, new Date())).toContain(`Policy violations<b>${ALL}</b>`);
    observed('report', 'the report of a period has the violations that happened', [
      `${ALL} violations: ${HAPPENED.critical} critical, ${HAPPENED.medium} medium, ${HAPPENED.low} low, and as many by direct queries; rules at the intervals that are shipped`,
    ]);
  });
});

const figure = ({ figures }: Findings, title: string): number | undefined =>
  figures.find(({ question }) => question.title === title)?.value;

const counts = (
  list: readonly Answered<Breakdown>[],
  title: string,
  label: string,
): Record<string, number | undefined> =>
  Object.fromEntries(
    list
      .find(({ question }) => question.title === title)!
      .now.map(({ labels, points }) => [labels[label], points.at(-1)?.[1]]),
  );
