import type { Answer } from '../../tools/pictures/measure.js';
import { hex, seriesColours } from '../../tools/pictures/model/colours.js';
import type { Field } from '../../tools/pictures/model/panel.js';
import { namedSeries } from '../../tools/pictures/model/series.js';
import { shown } from '../../tools/pictures/panels/stat.js';
import { tableOf } from '../../tools/pictures/panels/table.js';
import { panelOf } from './panel-of.js';

const answer = (refId: string, what: Partial<Answer>): Answer => ({
  refId,
  legend: undefined,
  format: 'time_series',
  series: [],
  ...what,
});

describe('series', () => {
  it('are named by their legend', () => {
    const series = [{ labels: { topic: 'audit', reason: 'rejected' }, points: [] }];
    const [named] = namedSeries([answer('A', { legend: '{{topic}}: {{ reason }}{{none}}', series })]);
    expect(named?.name).toBe('audit: rejected');
  });

  it('of buckets hold what is theirs alone, the least first', () => {
    const bucket = (le: string, count: number) => ({ labels: { le }, points: [[0, count]] as const });
    const series = [bucket('+Inf', 25), bucket('10', 25), bucket('1', 22)];
    const named = namedSeries([answer('A', { legend: 'to {{le}}', format: 'heatmap', series })]);
    expect(named.map(({ name, points }) => [name, points[0]?.[1]])).toEqual([
      ['to 1', 22],
      ['to 10', 3],
      ['to +Inf', 0],
    ]);
  });

  it('have the colour that the panel says, else one that no other of the panel has', () => {
    const field: Field = { color: { mode: 'palette-classic-by-name' } };
    const red = { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } };
    const overrides = [{ matcher: { id: 'byName', options: 'failed' }, properties: [red] }];
    const names = ['failed', ...Array.from({ length: 10 }, (_, index) => `topic ${index}`)];
    const colours = seriesColours(panelOf({ field, overrides }), names);
    expect(colours.get('failed')).toBe(hex('red'));
    expect(new Set(colours.values()).size).toBe(names.length);
  });

  it('of one kind are in shades of one colour', () => {
    const field: Field = { color: { mode: 'shades', fixedColor: 'orange' } };
    const colours = seriesColours(panelOf({ field }), ['one', 'other']);
    expect(colours.get('one')).toBe(hex('orange'));
    expect(colours.get('other')).toBe('#cc7a26');
  });
});

describe('a stat', () => {
  const field: Field = {
    unit: 'percentunit',
    decimals: 1,
    noValue: 'No requests',
    thresholds: {
      steps: [
        { value: null, color: 'green' },
        { value: 0.01, color: 'red' },
      ],
    },
    mappings: [
      { type: 'value', options: { '0': { text: 'Off', color: 'orange' } } },
      { type: 'special', options: { match: 'null+nan', result: { text: 'No requests', color: '#6e7178' } } },
    ],
  };

  it.each([
    [0.005, { text: '0.5%', colour: hex('green'), isNumber: true }],
    [0.01, { text: '1.0%', colour: hex('red'), isNumber: true }],
    [0, { text: 'Off', colour: hex('orange'), isNumber: false }],
    [undefined, { text: 'No requests', colour: '#6e7178', isNumber: false }],
    [NaN, { text: 'No requests', colour: '#6e7178', isNumber: false }],
  ])('says of %p what its mappings and thresholds do', (value, expected) => {
    expect(shown(value, field)).toEqual(expected);
  });
});

describe('a table', () => {
  it('merges its queries by labels, in the order, names and sorting of the panel', () => {
    const row = (agent: string, value: number) => ({
      labels: { agent },
      points: [[0, value]] as const,
    });
    const options = {
      indexByName: { agent: 0, 'Value #A': 1, 'Value #B': 2 },
      renameByName: { agent: 'Agent', 'Value #A': 'Violations', 'Value #B': 'Kills' },
      excludeByName: { Time: true },
    };
    const panel = panelOf({
      transformations: [{ id: 'organize', options }],
      options: { sortBy: [{ displayName: 'Violations', desc: true }] },
    });
    const answers = [
      answer('A', { series: [row('one', 3), row('two', 9)] }),
      answer('B', { series: [row('one', 1)] }),
    ];
    expect(tableOf(panel, answers)).toMatchObject({
      columns: ['Agent', 'Violations', 'Kills'],
      rows: [
        ['two', 9, undefined],
        ['one', 3, 1],
      ],
    });
  });

  it('has a row for each event, in their order, without a value', () => {
    const options = { indexByName: { Time: 0 }, renameByName: { Time: 'Time', policy: 'Policy' } };
    const panel = panelOf({ transformations: [{ id: 'organize', options }] });
    const series = ['12:02', '12:01'].map((Time) => ({ labels: { policy: 'p', Time }, points: [] }));
    expect(tableOf(panel, [answer('A', { format: 'logs', series })])).toMatchObject({
      columns: ['Time', 'Policy'],
      rows: [
        ['12:02', 'p'],
        ['12:01', 'p'],
      ],
    });
  });
});
