import { Prometheus } from '../../tools/pictures/prometheus.js';
import { collect } from '../../tools/report/collect.js';
import { periodOf, secondsOf } from '../../tools/report/period.js';
import { rendered } from '../../tools/report/render.js';
import { prometheusStub, type Canned, type PrometheusStub } from './prometheus-stub.js';

const MADE = new Date('2026-11-28T12:30:00Z');
const PERIOD = periodOf('2026-11-21', '2026-11-28', MADE);
const FROM = secondsOf(PERIOD.from);
const HOUR = 3600;
const SERVICE = { service_name: 'desk', deployment_environment_name: 'prod' };

const REPORTING: Canned = {
  when: /^count by \(service_name, .*agent_os_kernel_uptime_seconds/,
  series: [{ labels: SERVICE, value: 2 }],
};
/** As a page shows them. */
const textOf = (html: string): string =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the report of a period', () => {
  let stub: PrometheusStub | undefined;
  afterEach(() => stub?.close());

  async function report(canned: readonly Canned[], scope = { environment: '.*', service: '.*' }) {
    stub = await prometheusStub(canned);
    return rendered(await collect(new Prometheus(stub.url), PERIOD, scope), MADE);
  }

  it('says how much there was, and how much in the period before', async () => {
    const html = await report([REPORTING, { when: 'agent_os:violations:each5m', series: [{ value: 3456 }] }]);
    expect(textOf(html)).toMatch(/Policy violations 3,456 3,456 in the period before/);
    const times = stub!.asked.filter((asked) => asked.has('time')).map((asked) => asked.get('time'));
    expect(new Set(times)).toEqual(new Set([String(secondsOf(PERIOD.to)), String(FROM)]));
  });

  it('tells that nothing happened from that nobody was there to count', async () => {
    const quiet = textOf(await report([REPORTING]));
    expect(quiet).toContain('Policy violations 0');
    expect(quiet).toContain('No exception was counted.');
    expect(quiet).toContain('Kernels reported in 100.00% of the time');
    await stub?.close();
    const nobody = textOf(await report([]));
    expect(nobody).toContain('Policy violations no data');
    expect(nobody).toContain('Kernels reported in 0.00% of the time');
    expect(nobody).toContain('2026-11-21 00:00 2026-11-28 00:00 1.0 week');
  });

  it('lists exceptions by whom and what they are of', async () => {
    const html = await report([
      REPORTING,
      {
        when: /topk.*agent_os_policy_unevaluated_total/,
        series: [{ labels: { policy: 'refunds', provenance: 'timeout' }, value: 4 }],
      },
      { when: 'agent_os_policy_unevaluated_total', series: [{ value: 4 }] },
    ]);
    expect(html).toContain('<div class="figure bad">Made-up allows<b>4</b>');
    expect(textOf(html)).toContain('Exceptions: made-up allows 4.');
    expect(textOf(html)).toMatch(/Made-up allows, by policy .* refunds timeout 4/);
  });

  it('says when nobody reported, which kernels were missed, and what telemetry was lost', async () => {
    const lost = { signal: 'traces', reason: 'queue_full' };
    const text = textOf(
      await report([
        { ...REPORTING, within: [FROM + 24 * HOUR, FROM + 48 * HOUR] },
        {
          when: 'agent_os:kernel_state',
          series: [{ labels: { ...SERVICE, agent_os_kernel_id: 'k1' }, value: 1 }],
          within: [FROM + 48 * HOUR, FROM + 49 * HOUR],
        },
        { when: 'agent_os_telemetry_dropped_total', series: [{ labels: lost, value: 17 }] },
      ]),
    );
    expect(text).toMatch(/Times without any data .* 2026-11-21 00:00 2026-11-21 23:\d\d .* 2026-11-23 00:00/);
    expect(text).toMatch(/Kernels lost .* desk prod k1 2026-11-22 23:\d\d 2026-11-23 01:00/);
    expect(text).toMatch(/Telemetry that kernels lost .* traces queue_full 17/);
  });

  it('draws a bar for each day, by severity', async () => {
    const series = ['low', 'critical'].map((severity) => ({ labels: { severity }, value: 7 }));
    const html = await report([REPORTING, { when: /by \(severity\).*agent_os:violations:each5m/, series }]);
    const [svg] = /<svg.*?<\/svg>/s.exec(html)!;
    expect(svg).toContain('11-21');
    expect(svg).toContain('critical');
  });

  it('lists alerts by how long they fired', async () => {
    const html = await report([
      REPORTING,
      {
        when: 'ALERTS{',
        series: [{ labels: { alertname: 'AgentOSKillFailed', severity: 'critical', ...SERVICE }, value: 1 }],
        within: [FROM + HOUR, FROM + 2 * HOUR],
      },
    ]);
    expect(textOf(html)).toMatch(/AgentOSKillFailed critical desk 1 1\.\d hour/);
  });

  it('is of the kernels that it was asked for, and no text of theirs ends a query', async () => {
    await report([], { environment: 'prod', service: 'a"} or vector(1) #' });
    for (const asked of stub!.asked)
      expect(asked.get('query')).toContain('deployment_environment_name=~"prod",service_name=~"a\\"} or');
  });

  it('asks for nothing, and shows what labels say as text', async () => {
    const policy = '<img src=https://example.org/x onerror=alert(1)>';
    const html = await report([
      REPORTING,
      { when: /by \(policy\)/, series: [{ labels: { policy }, value: 1 }] },
    ]);
    expect(html).not.toContain('<img');
    expect(html).toContain('&#60;img src=https://example.org/x onerror=alert(1)&#62;');
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/<(script|link|iframe|object|form)\b|<[^>]+\s(src|href)=|url\((?!#)|@import/);
  });

  it('says how each number was made', async () => {
    const html = await report([REPORTING]);
    expect(html).toContain('agent_os_allowed_after_stop_total{');
    expect(html).not.toContain('$environment');
  });
});
