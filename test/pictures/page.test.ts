import { committedDashboards } from '../../tools/grafana/dashboard-files.js';
import { formatted } from '../../tools/pictures/units.js';
import type { Answer, Measured } from '../../tools/pictures/measure.js';
import { hex } from '../../tools/pictures/model/colours.js';
import { picturePanels, type PicturePanel } from '../../tools/pictures/model/panel.js';
import { page } from '../../tools/pictures/page.js';
import { heatmap } from '../../tools/pictures/panels/heatmap.js';
import { png } from '../../tools/pictures/svg/png.js';
import { panelOf } from './panel-of.js';

const DASHBOARDS = committedDashboards().map((dashboard) => [dashboard.uid ?? '', dashboard] as const);
const [FROM, TO] = [1_700_000_000, 1_700_000_300];

/** One series a query, as a stack would answer. */
function answersOf({ formats, interval }: PicturePanel): Answer[] {
  const points = (interval === undefined ? [60, 0] : [0]).map((ago) => [TO - ago, 3] as const);
  return Object.entries(formats).map(([refId, format]) => ({
    refId,
    format,
    legend: format === 'heatmap' ? '{{le}}' : `series ${refId}`,
    series: [{ labels: { le: '1', severity: 'low' }, points }],
  }));
}

describe('the picture of a dashboard', () => {
  it.each(DASHBOARDS)('of %s says in every panel that nothing was measured', (uid, dashboard) => {
    const svg = page(dashboard, { from: FROM, to: TO, chosen: {}, answers: {} });
    for (const { field } of picturePanels(dashboard))
      expect(svg).toContain(`>${(field.noValue ?? 'No data').split(' ')[0]}`);
    expect(svg).toContain("Grafana's own look differs");
  });

  it.each(DASHBOARDS)('of %s draws what was measured in every panel', (uid, dashboard) => {
    const panels = picturePanels(dashboard);
    const answers = Object.fromEntries(panels.map((panel) => [panel.id, answersOf(panel)]));
    const svg = page(dashboard, {
      from: FROM,
      to: TO,
      chosen: {},
      answers: { [uid]: answers },
    } satisfies Measured);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(svg).not.toContain('data arrives');
  });

  it.each(DASHBOARDS)('of %s knows its units and colours', (uid, dashboard) => {
    for (const { field, overrides } of picturePanels(dashboard)) {
      expect(formatted(1, field.unit)).toContain('1');
      const colours = overrides.flatMap(({ properties }) => properties.filter(({ id }) => id === 'color'));
      for (const { value } of colours)
        expect(hex((value as { fixedColor: string }).fixedColor)).toMatch(/^#/);
      for (const { color } of field.thresholds?.steps ?? []) expect(hex(color)).toMatch(/^#/);
    }
  });

  it('is a PNG of the same size', () => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="9" height="9"/></svg>';
    const picture = png(svg);
    expect(picture.toString('latin1', 1, 4)).toBe('PNG');
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([30, 20]);
  });
});

it('a heatmap has a column for each step of the range, counted or not', () => {
  const panel = panelOf({ type: 'heatmap', field: {}, formats: { A: 'heatmap' } });
  const drawnWith = (ago: number): string =>
    heatmap({
      panel,
      answers: [
        {
          refId: 'A',
          legend: '{{le}}',
          format: 'heatmap',
          series: [{ labels: { le: '1' }, points: [[TO - ago, 3]] }],
        },
      ],
      from: FROM,
      to: TO,
      width: 600,
      height: 200,
    });
  const leftEdges = (svg: string): number[] =>
    [...svg.matchAll(/<path d="M([\d.]+) [^"]*" fill="rgb\(222,235,247\)"/g)].map(([, x]) => Number(x));
  const [latest, earlier] = [drawnWith(0), drawnWith(200)].map(leftEdges);
  expect(latest).toHaveLength(1);
  expect(latest![0]! - earlier![0]!).toBeCloseTo(((600 - 68 - 14) * 200) / 300, -1);
});
