import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { GridPos } from './panel.js';

interface Heading {
  readonly title: string;
  readonly gridPos: GridPos;
}

/** The rows of a dashboard, which part its panels. */
export const headingsOf = ({ panels = [] }: Dashboard): Heading[] =>
  panels.flatMap(({ type, title, gridPos }) =>
    type === 'row' && gridPos !== undefined ? [{ title: title ?? '', gridPos }] : [],
  );
