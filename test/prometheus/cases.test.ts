import { parse } from 'yaml';
import { generatedFiles, GENERATED } from '../../tools/prometheus/files.js';
import { ANY, fromZero, promtoolTest } from '../../tools/prometheus/cases.js';
import { ROOT, textFile } from '../stack/stack-files.js';
import { alertNames, cases } from './support.js';

describe('the cases for promtool', () => {
  it.each(alertNames)('%s fires in one', (name) => {
    expect(cases.some(({ alert, fires }) => alert === name && fires !== undefined)).toBe(true);
  });

  it.each(alertNames.filter((name) => name !== 'Watchdog'))('%s stays quiet in one', (name) => {
    expect(cases.some(({ alert, quiet }) => alert === name && quiet !== undefined)).toBe(true);
  });

  it('are of alerts that exist, and either fire or stay quiet', () => {
    for (const { alert, fires, quiet, at } of cases) {
      expect([...alertNames, ANY]).toContain(alert);
      expect((fires === undefined) !== (quiet === undefined)).toBe(true);
      expect((fires === undefined) === (at === undefined)).toBe(true);
    }
  });

  it('have no hexadecimal numbers by mistake: 0x5 is five', () => {
    for (const { series } of cases)
      for (const values of Object.values(series)) expect(values).not.toMatch(/(^|\s)0x\d/);
  });

  it('name the process of a series that does not', () => {
    expect(
      promtoolTest({ alert: 'AgentOSKernelCrash', quiet: 'x', series: { 'm{a="b"}': '1x5' } }),
    ).toMatchObject({
      input_series: [
        {
          series:
            'm{a="b",job="claims-desk",service_name="claims-desk",deployment_environment_name="production",service_instance_id="p1"}',
        },
      ],
    });
  });
});

describe('a series that begins after a while', () => {
  it.each([
    ['_x5 1x20', '_x4 0 1x20'],
    ['_x2 3 4', '_x1 0 3 4'],
    ['_ 3 4', '0 3 4'],
    ['3x20', '3x20'],
    ['0+1x30 _x20 30x20', '0+1x30 _x20 30x20'],
  ])('%s is stored as %s, where Prometheus is told when', (values, stored) => {
    expect(fromZero(values)).toBe(stored);
  });

  it('is left as it is, where it is a gauge, or nobody tells', () => {
    const one = { alert: 'AgentOSKernelCrash', quiet: 'x', series: { m_total: '_x5 1x5', m: '_x5 1x5' } };
    expect(promtoolTest(one)).toMatchObject({
      input_series: [{ values: '_x4 0 1x5' }, { values: '_x5 1x5' }],
    });
    expect(promtoolTest(one, 'portable')).toMatchObject({ input_series: [{ values: '_x5 1x5' }, {}] });
  });
});

describe('the generated files', () => {
  it.each(generatedFiles(ROOT).map(({ path, text }) => [path, text]))(
    '%s is what its source says',
    (path, text) => {
      const committed = textFile(path);
      expect(committed.startsWith(`${GENERATED}\n`)).toBe(true);
      expect(parse(committed)).toEqual(parse(text));
    },
  );
});
