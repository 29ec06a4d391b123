import { secretFiles } from '../../tools/stack/alertmanager-secrets.js';
import { textFile, yamlFile } from './stack-files.js';

const FILES = ['alertmanager.yml', 'local.yml'];
const config = (file: string) => yamlFile(`prometheus/alertmanager/${file}`);
const people = config('alertmanager.yml');
const cases: { labels: Labels; receivers: string[] }[] = yamlFile(
  'prometheus/alertmanager/tests/routes.yaml',
);

type Labels = Readonly<Record<string, string>>;
interface Route {
  readonly receiver?: string;
  readonly routes?: readonly Route[];
  readonly matchers?: readonly string[];
  readonly group_interval?: string;
  readonly repeat_interval?: string;
}
interface Inhibition {
  readonly name: string;
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

const routesOf = (route: Route): Route[] => [route, ...(route.routes ?? []).flatMap(routesOf)];
const namesOf = (receivers: { name: string }[]) => receivers.map(({ name }) => name);

/** As Alertmanager does: a missing label is an empty one, and regular expressions are anchored. */
function matches(matchers: readonly string[], labels: Labels): boolean {
  return matchers.every((matcher) => {
    const [, name, operator, value] = /^(\w+) (=|!=|=~|!~) "(.*)"$/.exec(matcher)!;
    const actual = labels[name!] ?? '';
    const same = operator!.includes('~') ? new RegExp(`^(?:${value})$`).test(actual) : actual === value;
    return operator!.startsWith('!') ? !same : same;
  });
}

/** The names of the rules by which the one alert hides the other. */
function inhibitionsOf(source: Labels, target: Labels): string[] {
  return (people.inhibit_rules as Inhibition[])
    .filter(
      (rule) =>
        matches(rule.source_matchers, source) &&
        matches(rule.target_matchers, target) &&
        rule.equal.every((label) => (source[label] ?? '') === (target[label] ?? '')),
    )
    .map(({ name }) => name);
}

describe.each(FILES)('%s', (file) => {
  const { route, receivers } = config(file);

  it('has every receiver that a route names, and no other', () => {
    const named = new Set(routesOf(route).flatMap(({ receiver }) => receiver ?? []));
    expect(namesOf(receivers).sort()).toEqual([...named].sort());
  });

  it('tells somebody by each receiver', () => {
    for (const { name, ...channels } of receivers)
      expect([name, Object.values(channels).flat().length]).not.toEqual([name, 0]);
  });
});

describe('the two configurations', () => {
  it('differ in receivers alone', () => {
    const local = config('local.yml');
    expect(local.route).toEqual(people.route);
    expect(local.inhibit_rules).toEqual(people.inhibit_rules);
    expect(namesOf(local.receivers)).toEqual(namesOf(people.receivers));
  });

  it('send to the port of alert-log, or to what a secret file says', () => {
    expect(textFile('prometheus/alertmanager/local.yml')).toContain('url: http://127.0.0.1:9095/');
    expect(textFile('tools/stack/alert-log.mjs')).toContain('ALERT_LOG_PORT || 9095');
    expect(textFile('prometheus/alertmanager/alertmanager.yml')).not.toMatch(/\b(url|api_url|routing_key): /);
  });
});

describe('alertmanager.yml', () => {
  it('pages for what is critical, and only then', () => {
    for (const { name, pagerduty_configs } of people.receivers)
      expect([name, pagerduty_configs !== undefined]).toEqual([name, name.endsWith('-page')]);
  });

  it('has a channel of its own for each team', () => {
    const files = secretFiles(textFile('prometheus/alertmanager/alertmanager.yml'));
    expect(files).toHaveLength(9);
    const readme = textFile('prometheus/alertmanager/secrets/README.md');
    for (const path of files) expect(readme).toContain(path.replace(/.*\//, ''));
    for (const { name, slack_configs = [] } of people.receivers)
      for (const { api_url_file } of slack_configs)
        expect(api_url_file).toBe(`/etc/alertmanager/secrets/slack-${name.replace('-page', '')}.url`);
  });

  it('sends the Watchdog anew each time, and nothing else so often', () => {
    const [watchdog, ...others]: Route[] = people.route.routes;
    expect(watchdog).toMatchObject({ group_interval: '1m', repeat_interval: '30s' });
    for (const { repeat_interval = '12h' } of others) expect(repeat_interval).toMatch(/^\d+[hd]$/);
  });

  it('uses templates that exist', () => {
    const used = textFile('prometheus/alertmanager/alertmanager.yml').match(/template "[\w.]+"/g)!;
    const text = textFile('prometheus/alertmanager/templates/agent-os.tmpl');
    for (const template of used) expect(text).toContain(`define ${template.replace('template ', '')}`);
  });
});

describe('inhibition', () => {
  const on = { service_name: 'claims-desk', deployment_environment_name: 'production' };
  const down = { alertname: 'AgentOSKernelDown', severity: 'critical', team: 'sre', ...on };
  const slow = { alertname: 'AgentOSHighPolicyLatency', severity: 'warning', team: 'sre', ...on };
  const crash = { alertname: 'AgentOSKernelCrash', severity: 'critical', team: 'sre', ...on };
  const consensus = { alertname: 'CMVKLowConsensus', severity: 'warning', team: 'ml-ops', ...on };
  const disagreement = { alertname: 'CMVKHighDisagreementRate', severity: 'info', team: 'ml-ops', ...on };
  const violations = { alertname: 'AgentOSHighViolationRate', severity: 'critical', team: 'soc', ...on };

  const collector = { alertname: 'OtelCollectorDown', severity: 'critical', team: 'platform' };
  const idle = {
    alertname: 'AgentOSKernelIdle',
    severity: 'warning',
    team: 'soc',
    agent_os_kernel_id: 'k',
    ...on,
  };
  const skewed = { ...idle, alertname: 'AgentOSKernelSkewed', team: 'platform' };
  const replica = { ...down, severity: 'warning', agent_os_kernel_id: 'k' };

  it.each([
    ['critical-over-lesser', crash, slow],
    ['warning-over-info', consensus, disagreement],
    ['kernel-down-over-consequences', down, consensus],
    ['kernel-down-over-consequences', down, disagreement],
    ['collector-down-over-kernels', collector, down],
    ['collector-down-over-kernels', collector, { ...idle, alertname: 'AgentOSKernelSkewed' }],
    ['refused-over-skewed', { ...skewed, alertname: 'AgentOSClockSkewed', team: 'sre' }, skewed],
  ])('%s: %j hides %j', (rule, source, target) => {
    expect(inhibitionsOf(source, target)).toContain(rule);
  });

  it('of a kernel with a wrong clock leaves another kernel alone', () => {
    const refused = { ...skewed, alertname: 'AgentOSClockSkewed', team: 'sre' };
    expect(inhibitionsOf(refused, { ...skewed, agent_os_kernel_id: 'another' })).toEqual([]);
  });

  it('by each rule has a case above', () => {
    expect(people.inhibit_rules.map(({ name }: Inhibition) => name)).toEqual([
      'critical-over-lesser',
      'warning-over-info',
      'kernel-down-over-consequences',
      'collector-down-over-kernels',
      'refused-over-skewed',
    ]);
  });

  it.each([
    ['the alert itself', down, down],
    ['the Watchdog', down, { alertname: 'Watchdog', severity: 'info', team: 'platform', ...on }],
    ['what the SOC watches', down, violations],
    ['what is as critical, of another process', down, crash],
    ['another service', down, { ...slow, service_name: 'underwriting' }],
    ['another environment', down, { ...slow, deployment_environment_name: 'staging' }],
    ['a kernel beside it that is idle', down, idle],
    ['a kernel beside it that is down', { ...down, alertname: 'AgentOSKernelCrashLoop' }, replica],
    ['of a service with a kernel left', { ...down, severity: 'warning' }, consensus],
    ['another team', crash, consensus],
    ['something as bad', violations, violations],
    [
      'alerts over all services',
      { alertname: 'AgentOSSIGKILLSpike', severity: 'critical', team: 'soc' },
      { alertname: 'Other', severity: 'warning', team: 'soc' },
    ],
  ])('never hides %s', (_, source: Labels, target: Labels) => {
    expect(inhibitionsOf(source, target)).toEqual([]);
  });
});

describe('tests/routes.yaml', () => {
  it('reaches every receiver', () => {
    const reached = new Set(cases.flatMap(({ receivers }) => receivers));
    expect(namesOf(people.receivers).filter((name) => !reached.has(name))).toEqual([]);
  });

  it('has every team in every severity, and alerts that lack a label', () => {
    const pairs = new Set(cases.map(({ labels }) => `${labels['team']} ${labels['severity']}`));
    for (const team of ['soc', 'ml-ops', 'sre', 'platform'])
      for (const severity of ['critical', 'warning', 'info']) expect(pairs).toContain(`${team} ${severity}`);
    expect(pairs).toContain('undefined critical');
    expect(pairs).toContain('soc undefined');
  });
});
