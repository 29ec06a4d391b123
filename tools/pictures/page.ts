// A whole dashboard as one SVG.
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { boxOf, heightOf, WIDTH, type Box } from './layout.js';
import { beginningOf, type Measured } from './measure.js';
import { THEME } from './model/colours.js';
import { picturePanels, type PicturePanel, headingsOf } from './model/panel.js';
import type { LinkFiller } from './panels/drawing.js';
import { drawerOf } from './panels/index.js';
import { element, moved, text } from './svg/element.js';
import { FONT, cut } from './svg/font.js';

const HEAD = 64;
const FOOT = 40;
const TITLE = 34;
const PADDING = 10;
const CAPTION =
  "Drawn by npm run dashboards:pictures from the dashboard's own JSON and a running stack; Grafana's own look differs.";

/** Panels with their titles, at the places that the dashboard has for them. */
export function grid(dashboard: Dashboard, measured: Measured, linked?: LinkFiller): string {
  const uid = dashboard.uid ?? '';
  return [
    ...picturePanels(dashboard).map((panel) => framed(panel, uid, measured, linked)),
    ...headingsOf(dashboard).map(({ title, gridPos }) => {
      const { x, y, height } = boxOf(gridPos);
      return text(x + 4, y + height / 2, title, { size: 18, colour: THEME.text, weight: 500 });
    }),
  ].join('');
}

/** Of all panels and headings, in pixels. */
export const gridHeight = (dashboard: Dashboard): number =>
  heightOf([...picturePanels(dashboard), ...headingsOf(dashboard)].map(({ gridPos }) => gridPos));

export function page(dashboard: Dashboard, measured: Measured): string {
  const height = HEAD + gridHeight(dashboard) + FOOT;
  const caption = { size: 14, colour: THEME.faint };
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width: WIDTH, height, 'font-family': FONT },
    element('rect', { width: WIDTH, height, fill: THEME.page }),
    head(dashboard, measured),
    moved(0, HEAD, grid(dashboard, measured)),
    text(18, height - FOOT / 2, CAPTION, caption),
  );
}

function head({ title, templating }: Dashboard, { from, to, chosen }: Measured): string {
  const shown = (templating.list ?? []).filter(({ hide = 0 }) => hide === 0);
  const variables = shown.map(
    ({ name, label }) =>
      `${label ?? name}: ${chosen[name] ?? (name === 'datasource' ? 'Prometheus' : 'All')}`,
  );
  const range = `Last ${Math.round((to - from) / 60)} minutes, UTC`;
  return [
    text(18, HEAD / 2, title ?? '', { size: 24, colour: THEME.text, weight: 500 }),
    text(WIDTH - 18, HEAD / 2, [...variables, range].join('  |  '), {
      size: 14,
      colour: THEME.faint,
      anchor: 'end',
    }),
  ].join('');
}

function framed(panel: PicturePanel, uid: string, measured: Measured, linked?: LinkFiller): string {
  const { to, answers } = measured;
  const box: Box = boxOf(panel.gridPos);
  const { width, height } = box;
  const inner = { width: width - 2 * PADDING, height: height - TITLE - PADDING };
  const drawing = {
    panel,
    answers: answers[uid]?.[panel.id] ?? [],
    from: beginningOf(panel, measured),
    to,
    linked,
    ...inner,
  };
  return moved(
    box.x,
    box.y,
    element('rect', { width, height, rx: 4, fill: THEME.panel, stroke: THEME.border }),
    text(PADDING, TITLE / 2, cut(panel.title, width - 2 * PADDING, 15), {
      size: 15,
      colour: THEME.text,
      weight: 500,
    }),
    moved(PADDING, TITLE, drawerOf(panel.type)(drawing)),
  );
}
