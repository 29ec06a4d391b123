// What the pictures read of a panel's JSON, of all that may stand there.
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { panelsOf } from '../../grafana/queries-of.js';

export interface ThresholdStep {
  readonly value: number | null;
  readonly color: string;
}

interface MappingResult {
  readonly text?: string;
  readonly color?: string;
}

export type Mapping =
  | { readonly type: 'value'; readonly options: Readonly<Record<string, MappingResult>> }
  | {
      readonly type: 'special';
      readonly options: { readonly match: string; readonly result: MappingResult };
    };

interface FieldColour {
  readonly mode: string;
  readonly fixedColor?: string;
}

export interface Field {
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly noValue?: string;
  readonly color?: FieldColour;
  readonly thresholds?: { readonly steps: readonly ThresholdStep[] };
  readonly mappings?: readonly Mapping[];
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly custom?: {
    readonly drawStyle?: string;
    readonly lineWidth?: number;
    readonly fillOpacity?: number;
    readonly stacking?: { readonly mode: string };
    readonly thresholdsStyle?: { readonly mode: string };
  };
}

interface Override {
  readonly matcher: { readonly id: string; readonly options: string };
  readonly properties: readonly { readonly id: string; readonly value: unknown }[];
}

interface Transformation {
  readonly id: string;
  readonly options: {
    readonly excludeByName?: Readonly<Record<string, boolean>>;
    readonly indexByName?: Readonly<Record<string, number>>;
    readonly renameByName?: Readonly<Record<string, string>>;
  };
}

export interface PictureOptions {
  readonly graphMode?: string;
  readonly colorMode?: string;
  readonly orientation?: string;
  readonly legend?: {
    readonly displayMode?: string;
    readonly showLegend?: boolean;
    readonly calcs?: readonly string[];
    readonly values?: readonly string[];
    readonly sortBy?: string;
    readonly sortDesc?: boolean;
  };
  readonly sortBy?: readonly { readonly displayName: string; readonly desc: boolean }[];
}

export interface PicturePanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: GridPos;
  readonly interval: string | undefined;
  /** How far back it looks, whatever the page does. */
  readonly timeFrom: string | undefined;
  readonly field: Field;
  readonly overrides: readonly Override[];
  readonly options: PictureOptions;
  readonly transformations: readonly Transformation[];
  readonly formats: Readonly<Record<string, string>>;
}

export interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const picturePanels = (dashboard: Dashboard): PicturePanel[] => panelsOf(dashboard).map(picturePanel);

function picturePanel(panel: Panel): PicturePanel {
  const targets = (panel.targets ?? []) as unknown as readonly { refId: string; format?: string }[];
  const gridPos = panel.gridPos;
  if (gridPos === undefined) throw new Error(`The panel ${panel.title} has no place`);
  return {
    id: panel.id ?? 0,
    type: panel.type,
    title: panel.title ?? '',
    gridPos,
    interval: panel.interval,
    timeFrom: panel.timeFrom,
    field: (panel.fieldConfig?.defaults ?? {}) as unknown as Field,
    overrides: (panel.fieldConfig?.overrides ?? []) as unknown as Override[],
    options: (panel.options ?? {}) as PictureOptions,
    transformations: panel.transformations ?? [],
    formats: Object.fromEntries(targets.map(({ refId, format = 'time_series' }) => [refId, format])),
  };
}

/** What the panel says of the series of that name. */
export function fieldOf({ field, overrides }: PicturePanel, name: string): Field {
  const own = overrides.filter(({ matcher }) => matcher.id === 'byName' && matcher.options === name);
  const properties = own.flatMap((override) => override.properties.map(({ id, value }) => [id, value]));
  return { ...field, ...(Object.fromEntries(properties) as Partial<Field>) };
}

interface Heading {
  readonly title: string;
  readonly gridPos: GridPos;
}

/** The rows of a dashboard, which part its panels. */
export const headingsOf = ({ panels = [] }: Dashboard): Heading[] =>
  panels.flatMap(({ type, title, gridPos }) =>
    type === 'row' && gridPos !== undefined ? [{ title: title ?? '', gridPos }] : [],
  );
