import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '../../src/semconv/index.js';
import { RECORDED_SERIES } from '../../prometheus/src/recording/series.js';
import { COUNTERS } from '../contract/promql/third-party.js';
import { ROOT, textFile, yamlFile } from '../stack/stack-files.js';
import { queriesOf } from '../../tools/prometheus/runbooks.js';
import { parsePromql } from '../contract/promql/syntax.js';
import { alertNames, cases, runbooks } from './support.js';

const SECTIONS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'When to silence'];
const SCOPE = [
  ['service_name', '$service_name'],
  ['deployment_environment_name', '$deployment_environment_name'],
] as const;
/** What is there beside the kernel that is not, and who loses what a Collector refuses. */
const OF_ALL = [
  'AgentOSKernelCrashLoop.md',
  'AgentOSKernelDown.md',
  'AgentOSKernelIdle.md',
  'AgentOSKernelSkewed.md',
  'OtelCollectorRefused.md',
];
/** A call, a command or a setting; a link; another alert; or what only people can do. */
const DOES = /`[^`]+`|\]\(|\b(AgentOS|CMVK|AMB|OtelCollector)[A-Z]\w+|^- (Write down|Take back)\b/;
const textOf = (name: string) => textFile(`prometheus/runbooks/${name}`);

const panels = new Map<string, readonly string[]>(
  readdirSync(join(ROOT, 'grafana/dashboards'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const titles = yamlFile(`grafana/dashboards/${name}`).panels.map(
        (panel: { title: string }) => panel.title,
      );
      return [name.replace('.json', ''), titles];
    }),
);

/** `[dashboard, title]`: a title in italics is of the dashboard that was named last. */
function panelsNamed(text: string): [string, string][] {
  let dashboard = '';
  return [
    ...text.matchAll(/(agent-os-(?:overview|cmvk|amb|safety|performance))|\b_([A-Z0-9][^_\n]*)_/g),
  ].flatMap(([, uid, title]): [string, string][] => {
    dashboard = uid ?? dashboard;
    return title === undefined ? [] : [[dashboard, title]];
  });
}

describe('runbooks', () => {
  it('are one for each alert, and no other', () => {
    expect(runbooks).toEqual([...alertNames].map((name) => `${name}.md`).sort());
  });

  it.each(runbooks)('%s has its sections, and none is empty', (name) => {
    const [title, ...sections] = textOf(name).split(/^##? /m).slice(1);
    expect(title!.trim()).toBe(name.replace('.md', ''));
    expect(sections.map((section) => section.split('\n')[0])).toEqual(SECTIONS);
    for (const section of sections) expect(section.split('\n').slice(1).join('').trim()).not.toBe('');
  });

  it.each(runbooks)('%s has a query to paste, and says what is in Grafana and Jaeger', (name) => {
    expect(textOf(name)).toContain('```promql\n');
    expect(textOf(name)).toContain('Grafana');
    if (name !== 'AgentOSKernelDown.md') expect(textOf(name)).toContain('Jaeger');
  });

  it.each(runbooks)('%s opens panels that exist', (name) => {
    for (const [dashboard, title] of panelsNamed(textOf(name)))
      expect({ dashboard, titles: panels.get(dashboard) }).toEqual({
        dashboard,
        titles: expect.arrayContaining([title]),
      });
  });

  it.each(runbooks)('%s names only metrics and alerts that exist', (name) => {
    const known = [METRICS, RECORDED_SERIES, COUNTERS].flatMap((names) => Object.keys(names));
    for (const [word] of textOf(name).matchAll(/\b(agent_os(_\w+)?:[\w:]+|(agent_os|amb)_\w+)\b/g)) {
      if (word.startsWith('agent_os_enforced') || word === 'agent_os_kernel_id') continue; // labels
      expect(known).toContain(known.includes(word) ? word : word.replace(/_(bucket|sum|count)$/, ''));
    }
    for (const [word] of textOf(name).matchAll(/\b(AgentOS|CMVK|AMB|OtelCollector)[A-Z]\w+/g))
      expect(alertNames).toContain(word);
  });

  it.each(runbooks)(
    '%s asks of those alone whom the alert is about, and counts what a series begins with',
    (name) => {
      for (const query of queriesOf(textOf(name))) {
        expect(query).not.toMatch(/\bincrease\([^[]*\[\w+\](?! anchored)/);
        for (const { name: series, matchers } of parsePromql(query).selectors) {
          if (!/^(agent_os|amb)/.test(series) || OF_ALL.includes(name)) continue;
          const asked = matchers.map(({ label, value }) => [label, value]);
          expect([series, asked]).toEqual([series, expect.arrayContaining(SCOPE)]);
        }
      }
    },
  );

  it.each(runbooks)('%s fills in labels that the alert has', (name) => {
    const { labels = {} } = cases.find(({ alert, fires }) => `${alert}.md` === name && fires !== undefined)!;
    const places = queriesOf(textOf(name)).flatMap((query) => query.match(/(?<=\$)[a-z_]+/g) ?? []);
    const known = [...SCOPE.map(([label]) => label), ...Object.keys(labels)];
    expect(known).toEqual(expect.arrayContaining(places));
  });

  it.each(runbooks)(
    '%s names a call, a command, a setting or another alert in whatever is to be done',
    (name) => {
      const todo = textOf(name).split('## Mitigation')[1]!.split('\n## ')[0]!;
      const steps = todo.split('\n').filter((line) => line.startsWith('- '));
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) expect(step).toMatch(DOES);
    },
  );

  it.each(runbooks)('%s does not look for spans that only one call makes', (name) => {
    expect(textOf(name)).not.toContain('operation `kernel.violation`');
  });

  it('that name panels are most', () => {
    const naming = runbooks.filter((name) => panelsNamed(textOf(name)).length > 0);
    expect(naming.length).toBeGreaterThan(runbooks.length - 3);
  });
});
