import { stat } from '../../grafana/src/panels/index.js';
import { grid, line } from '../../grafana/src/grid.js';
import { committedDashboards } from '../../tools/grafana/dashboard-files.js';

const WIDTH = 24;

describe('each page', () => {
  it.each(committedDashboards().map(({ uid, panels }) => [uid, panels!] as const))(
    '%s has each cell of its grid covered once',
    (_, panels) => {
      const cells = panels.flatMap(({ gridPos }) => {
        const { x, y, w, h } = gridPos!;
        return Array.from({ length: w * h }, (__, n) => `${x + (n % w)},${y + Math.floor(n / w)}`);
      });
      const height = Math.max(...panels.map(({ gridPos }) => gridPos!.y + gridPos!.h));
      expect(new Set(cells).size).toBe(cells.length);
      expect(cells.length).toBe(WIDTH * height);
    },
  );
});

describe('a line', () => {
  const panel = () =>
    stat({ id: 1, title: 'A', description: 'A.', unit: 'short', noValue: 'None', queries: [] });

  it('is shared equally', () => {
    const [first, second] = grid(line(5, [panel(), panel()]));
    expect([first!.gridPos, second!.gridPos]).toEqual([
      { h: 5, w: 12, x: 0, y: 0 },
      { h: 5, w: 12, x: 12, y: 0 },
    ]);
  });

  it.each([[[12]], [[12, 11]], [[12.5, 11.5]]])('of the widths %j is refused', (widths) => {
    expect(() => line(5, [panel(), panel()], widths)).toThrow('do not fill a line');
  });
});
