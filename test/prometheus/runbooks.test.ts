import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '../../src/semconv/index.js';
import { RECORDED_SERIES } from '../../prometheus/src/recording/series.js';
import { ROOT, textFile, yamlFile } from '../stack/stack-files.js';
import { alertNames, runbooks } from './support.js';

const SECTIONS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation', 'When to silence'];
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
    const known = [...Object.keys(METRICS), ...Object.keys(RECORDED_SERIES)];
    for (const [word] of textOf(name).matchAll(/\b(agent_os(_\w+)?:[\w:]+|(agent_os|amb)_\w+)\b/g)) {
      if (word.startsWith('agent_os_enforced')) continue;
      expect(known).toContain(known.includes(word) ? word : word.replace(/_(bucket|sum|count)$/, ''));
    }
    for (const [word] of textOf(name).matchAll(/\b(AgentOS|CMVK|AMB|OtelCollector)[A-Z]\w+/g))
      expect(alertNames).toContain(word);
  });

  it('that name panels are most', () => {
    const naming = runbooks.filter((name) => panelsNamed(textOf(name)).length > 0);
    expect(naming.length).toBeGreaterThan(runbooks.length - 3);
  });
});
