import type { Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

const WIDTH = 24;

interface Line {
  readonly height: number;
  readonly panels: readonly (Panel | RowPanel)[];
  readonly widths: readonly number[];
}

/** Panels side by side, as wide as they share the page equally, or as `widths` says. */
export function line(
  height: number,
  panels: readonly Panel[],
  widths: readonly number[] = panels.map(() => WIDTH / panels.length),
): Line {
  const whole = widths.length === panels.length && widths.every(Number.isInteger);
  if (!whole || widths.reduce((sum, width) => sum + width, 0) !== WIDTH)
    throw new Error(
      `The widths ${widths.join(', ')} do not fill a line: ${panels.map(({ title }) => title)}`,
    );
  return { height, panels, widths };
}

/** A heading over the lines that follow. */
export function heading(id: number, title: string): Line {
  return { height: 1, widths: [WIDTH], panels: [{ type: 'row', id, title, collapsed: false, panels: [] }] };
}

/** Each line below the last. */
export function grid(...lines: readonly Line[]): (Panel | RowPanel)[] {
  let y = 0;
  return lines.flatMap(({ height, panels, widths }) => {
    let x = 0;
    const placed = panels.map((panel, index) => {
      const w = widths[index]!;
      const gridPos = { h: height, w, x, y };
      x += w;
      return { ...panel, gridPos };
    });
    y += height;
    return placed;
  });
}
