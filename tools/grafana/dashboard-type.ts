// What Grafana publishes of a dashboard's schema, as the foundation SDK has it, for JSON: values instead of enums, and what
// a panel may say by its type.
import type * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import type * as piechart from '@grafana/grafana-foundation-sdk/piechart';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

type IsAny<T> = 0 extends 1 & T ? true : false;
type Method = (...all: never[]) => unknown;

/** Members of an enum as the values that JSON has; methods are none of it. */
type Plain<T> =
  IsAny<T> extends true
    ? T
    : T extends string
      ? `${T}`
      : T extends number
        ? `${T}` extends `${infer N extends number}`
          ? N
          : number
        : T extends (infer E)[]
          ? Plain<E>[]
          : T extends object
            ? { [K in keyof T as T[K] extends Method ? never : K]: Plain<T[K]> }
            : T;

type Options = {
  stat: [stat.Options, never];
  timeseries: [timeseries.Options, timeseries.FieldConfig];
  bargauge: [bargauge.Options, never];
  piechart: [piechart.Options, piechart.FieldConfig];
  heatmap: [heatmap.Options, heatmap.FieldConfig];
  table: [table.Options, table.FieldConfig];
};

/** Of the plugin's own declarations; no package has them. */
interface LogsQuery {
  refId: string;
  datasource: { type: 'victoriametrics-logs-datasource'; uid: string };
  editorMode: 'code';
  queryType: 'instant';
  expr: string;
  maxLines: number;
}

/** Of Jaeger's data source, which the foundation SDK has not. */
interface TracesQuery {
  refId: string;
  datasource: { type: 'jaeger'; uid: string };
  queryType: 'search';
  service: string;
  operation?: string;
  tags: string;
  limit: number;
}

type Query = Plain<prometheus.Dataquery>;
type FieldConfig = Plain<Omit<dashboard.FieldConfig, 'custom'>>;

type PanelOf<T extends keyof Options> = Plain<
  Omit<dashboard.Panel, 'type' | 'options' | 'fieldConfig' | 'targets'>
> & {
  type: T;
  options: Plain<Options[T][0]>;
  fieldConfig: {
    defaults: FieldConfig & { custom?: Plain<Options[T][1]> };
    overrides: Plain<dashboard.FieldConfigSource['overrides']>;
  };
  targets: Query[] | LogsQuery[] | TracesQuery[];
};

/** The panels that these dashboards have. */
type AnyPanel = { [T in keyof Options]: PanelOf<T> }[keyof Options];

type Annotation = Plain<Omit<dashboard.AnnotationQuery, 'target'>> & { target: Query };

export type DashboardJson = Plain<Omit<dashboard.Dashboard, 'panels' | 'annotations'>> & {
  panels: (AnyPanel | Plain<dashboard.RowPanel>)[];
  annotations: { list: Annotation[] };
};
