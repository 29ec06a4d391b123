// A panel that names an alert shows what the alert compares, or says what else it shows.
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { ALERTS } from '../../prometheus/src/alerts/index.js';
import { MEASURES, type Scope } from '../../prometheus/src/measures.js';
import { Counter, increaseOver, type Expression, type Window } from '../../prometheus/src/promql/index.js';
import { STEP_SOURCES } from '../../prometheus/src/recording/steps.js';
import { committedDashboards } from '../../tools/grafana/dashboard-files.js';
import { panelsOf } from '../../tools/grafana/queries-of.js';

/** Panels that borrow the threshold of an alert for another number, and say so in their description. */
const ANOTHER_NUMBER: Readonly<Record<string, RegExp>> = {
  'Avg Verification Time: CMVKVerificationSlow':
    /looks at the 95th percentile; red where even the mean is above/,
  'Kernel Latency (p99): AgentOSHighPolicyLatency':
    /Red above what AgentOSHighPolicyLatency grants policy checks/,
};

type Measure = (of?: Scope, window?: Window) => Expression<string>;
const measures: Readonly<Partial<Record<string, Measure>>> = MEASURES;

/** Without the choice of the page, which is all that an alert has less. */
const bare = (text: string) =>
  text
    .replace(/(deployment_environment_name|service_name|agent_id)=~?"\$\w+",?/g, '')
    .replaceAll(',}', '}')
    .replaceAll('{}', '');

const panels = committedDashboards().flatMap((dashboard) =>
  panelsOf(dashboard).map((panel) => ({
    uid: dashboard.uid!,
    title: panel.title!,
    text: panel.description!,
    unit: panel.fieldConfig!.defaults.unit!,
    type: panel.type,
    isRed: isRed(panel),
    queries: (panel.targets as unknown as { expr?: string }[]).map(({ expr = '' }) => bare(expr)),
  })),
);

function isRed(panel: Panel): boolean {
  return panel.fieldConfig!.defaults.thresholds!.steps.some(({ color }) => color === 'red');
}

const pairs = panels.flatMap((panel) =>
  ALERTS.filter(({ name }) => panel.text.includes(name)).map((alert) => ({ panel, alert })),
);
const nameOf = ({ panel, alert }: (typeof pairs)[number]) => `${panel.title}: ${alert.name}`;

/** What else than the window of the alert a panel shows, as its title or its description says. */
function windowsOf({ title, text }: (typeof panels)[number]): Window[] {
  const [, count, unit] = /\((\d+)(h| Days)\)$/.exec(title) ?? [];
  if (count !== undefined) return [`${Number(count)}${unit === 'h' ? 'h' : 'd'}`];
  return text.includes('in the time range') ? ['$__range'] : [];
}

/** The same quantile by more labels, which is recorded beside it. */
const FINER: Readonly<Record<string, string>> = {
  'Policy Check Latency by Policy (p99)': 'agent_os_policy:checks:quantile{quantile="0.99"}',
};

describe('each panel that names an alert', () => {
  const same = pairs.filter((pair) => !(nameOf(pair) in ANOTHER_NUMBER));

  it.each(same.map((pair) => [nameOf(pair), pair] as const))(
    '%s are of one expression',
    (_, { panel, alert }) => {
      const measure = measures[alert.name]!;
      expect(alert.expr.text).toContain(measure().text);
      const [window] = windowsOf(panel);
      if (window === '$__range' || window?.endsWith('d')) {
        const [, name] = /(agent_os:\w+):each/.exec(panel.queries.join('\n'))!;
        const step = `${name}:each5m` as keyof typeof STEP_SOURCES;
        expect(measure().text).toContain(STEP_SOURCES[step]().selector);
        return;
      }
      const { text } = measure({}, window);
      const shown = FINER[panel.title] ?? text;
      expect(panel.queries.join('\n')).toContain(shown);
    },
  );

  it('and shows another number says so', () => {
    const others = pairs.filter((pair) => nameOf(pair) in ANOTHER_NUMBER);
    expect(others.map(nameOf).sort()).toEqual(Object.keys(ANOTHER_NUMBER).sort());
    for (const pair of others) expect(pair.panel.text).toMatch(ANOTHER_NUMBER[nameOf(pair)]!);
  });

  it('is on the page that the alert leads to, or on one more', () => {
    const pages = (alert: string) =>
      pairs.filter((pair) => pair.alert.name === alert).map(({ panel }) => panel.uid);
    for (const { alert } of pairs) expect([alert.name, ...pages(alert.name)]).toContain(alert.dashboard);
  });
});

describe('each panel', () => {
  it.each(panels.filter((panel) => panel.isRed).map((panel) => [panel.title, panel.text]))(
    '%s that can be red names the alert whose number that is',
    (_, text) => expect(ALERTS.some(({ name }) => text.includes(name))).toBe(true),
  );
});

describe('each measure', () => {
  it.each(Object.keys(MEASURES))('of %s is shown by a panel that names the alert', (name) =>
    expect(pairs.map(({ alert }) => alert.name)).toContain(name),
  );
});

describe('a panel of what an alert counts', () => {
  const counted = new Set(
    ALERTS.flatMap(({ expr }) => [...expr.text.matchAll(/increase\((\w+(?:\{[^}]*\})?)\[/g)]).map(
      ([, selector]) => selector!.replace(/\{.*/, ''),
    ),
  );
  const PER_SECOND = ['reqps', 'ops', 'cps', 'mps'];

  // $__rate_interval follows the zoom of a page, so that no sample falls between two points of a line. An alert has no such
  // window: only what is drawn per second, or as a heatmap, may have it.
  it('takes the window of the zoom only to draw events per second, or a heatmap', () => {
    for (const { title, unit, type, queries } of panels)
      for (const query of queries)
        for (const [, metric] of query.matchAll(/(\w+)(?:\{[^}]*\})?\[\$__rate_interval\]/g))
          if (counted.has(metric!))
            expect([title, PER_SECOND.includes(unit) || type === 'heatmap']).toEqual([title, true]);
  });

  it('counts as the alert does, whatever its window', () => {
    for (const { title, queries } of panels)
      for (const query of queries)
        for (const [, selector, window] of query.matchAll(/\bincrease\((\w+(?:\{[^}]*\})?)\[([^\]]+)\]/g))
          if (counted.has(selector!.replace(/\{.*/, '')) && window !== '$__rate_interval')
            expect([title, query]).toEqual([
              title,
              expect.stringContaining(increaseOver(new Counter(selector!), window as Window).text),
            ]);
  });
});
