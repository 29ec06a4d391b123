import { isThere, yamlFile } from '../stack/stack-files.js';
import { ALERTS } from '../../prometheus/src/alerts/index.js';
import { alertmanager, inhibits, receiverOf, rules, type Labels } from '../prometheus/support.js';

// Receivers sent to a local port where nobody listened, an inhibition matched no alert, and five runbooks were no files.

const on = { service_name: 'claims-desk', deployment_environment_name: 'production' };
const labels: Labels[] = ALERTS.map(({ name, severity, team }) => ({
  alertname: name,
  severity,
  team,
  ...on,
}));

test('every alert has a receiver, which sends to an address from a file of secrets', () => {
  const { receivers } = yamlFile('prometheus/alertmanager/alertmanager.yml');
  for (const alert of labels) {
    const receiver = receivers.find(({ name }: { name: string }) => name === receiverOf(alert));
    expect(JSON.stringify(receiver)).toMatch(
      /"(api_url_file|url_file|routing_key_file)":"\/etc\/alertmanager\/secrets\//,
    );
    expect(JSON.stringify(receiver)).not.toContain('127.0.0.1');
  }
});

test.each(alertmanager.inhibit_rules.map((rule) => [rule.name, rule] as const))(
  'the inhibition %s matches alerts that there are',
  (_, rule) => {
    const pairs = labels.flatMap((source) => labels.filter((target) => inhibits(rule, source, target)));
    expect(pairs.length).toBeGreaterThan(0);
  },
);

test.each(rules.flatMap(({ annotations }) => annotations?.['runbook_url'] ?? []))(
  '%s leads to a file',
  (url) => {
    expect(isThere(`prometheus/runbooks/${url.split('/').at(-1)}`)).toBe(true);
  },
);
