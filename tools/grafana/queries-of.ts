import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { STEPS_VARIABLE, stepsOf } from '../../grafana/src/queries/steps.js';

/** What stands for the variables of a dashboard and those of Grafana itself. */
export interface Variables {
  /** @defaultValue `1m` */
  readonly rateInterval?: string;
  /** @defaultValue `1h` */
  readonly range?: string;
  /** @defaultValue `1m` */
  readonly interval?: string;
  /** Variables of the dashboard by name, as regular expressions. @defaultValue `.*` for each. */
  readonly chosen?: Readonly<Record<string, string>>;
}

export interface PanelQuery {
  /** Uid of the dashboard. */
  readonly dashboard: string;
  readonly panelId: number;
  readonly panel: string;
  /** As `stat`, `timeseries`. */
  readonly type: string;
  readonly refId: string;
  /** PromQL without a variable. */
  readonly expr: string;
  readonly legend: string | undefined;
  /** Asked once for the end of the time range, instead of all along it. */
  readonly instant: boolean;
  readonly exemplars: boolean;
}

/** LogsQL of a panel of events, as VictoriaLogs takes it. */
export type LogsPanelQuery = Pick<PanelQuery, 'dashboard' | 'panelId' | 'panel' | 'refId' | 'expr'> & {
  readonly limit: number;
};

/** A search of Jaeger's as its API takes it: tags are an object there. */
export type TracesPanelQuery = Pick<PanelQuery, 'dashboard' | 'panelId' | 'panel' | 'refId'> & {
  readonly service: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly limit: number;
};

interface Target {
  readonly refId: string;
  readonly datasource?: { readonly type?: string };
  readonly maxLines?: number;
  readonly expr: string;
  readonly service?: string;
  readonly tags?: string;
  readonly limit?: number;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
}

/** Every panel that draws something, those of collapsed rows too. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  const isRow = (panel: Panel | RowPanel): panel is RowPanel => panel.type === 'row';
  return panels.flatMap((panel) => (isRow(panel) ? panel.panels : [panel]));
}

/** The queries of every panel that asks Prometheus, as that takes them. */
export function queriesOf(dashboard: Dashboard, variables: Variables = {}): PanelQuery[] {
  return panelsOf(dashboard).flatMap((panel) =>
    targetsOf(panel, 'prometheus').map((target) => ({
      ...placeOf(dashboard, panel, target),
      type: panel.type,
      expr: filledIn(target.expr, dashboard, variables),
      legend: target.legendFormat,
      instant: target.instant === true,
      exemplars: target.exemplar === true,
    })),
  );
}

/** The queries of panels of events. */
export function logsQueriesOf(dashboard: Dashboard, variables: Variables = {}): LogsPanelQuery[] {
  return panelsOf(dashboard).flatMap((panel) =>
    targetsOf(panel, 'victoriametrics-logs-datasource').map((target) => ({
      ...placeOf(dashboard, panel, target),
      expr: filledIn(target.expr, dashboard, variables),
      limit: target.maxLines ?? 0,
    })),
  );
}

/** The searches of panels of traces. */
export function tracesQueriesOf(dashboard: Dashboard, variables: Variables = {}): TracesPanelQuery[] {
  return panelsOf(dashboard).flatMap((panel) =>
    targetsOf(panel, 'jaeger').map((target) => {
      const tags = filledIn(target.tags ?? '', dashboard, variables).matchAll(/(\S+)="([^"]*)"/g);
      return {
        ...placeOf(dashboard, panel, target),
        service: filledIn(target.service ?? '', dashboard, variables),
        tags: Object.fromEntries([...tags].map(([, key, value]) => [key!, value!])),
        limit: target.limit ?? 0,
      };
    }),
  );
}

const placeOf = (dashboard: Dashboard, panel: Panel, { refId }: Target) => ({
  dashboard: dashboard.uid ?? '',
  panelId: panel.id ?? 0,
  panel: panel.title ?? '',
  refId,
});

/** One that is not known is a mistake of the dashboard: Grafana would leave it as it is. */
export function filledIn(text: string, { templating }: Dashboard, variables: Variables): string {
  const { rateInterval = '1m', range = '1h', interval = '1m', chosen = {} } = variables;
  const names = (templating.list ?? []).map(({ name }) => name);
  const values = new Map([
    ...names.map((name) => [name, '.*'] as const),
    [STEPS_VARIABLE, stepsOf(millisOf(range) / 1000)] as const,
    ...Object.entries(chosen),
    ['__rate_interval', rateInterval] as const,
    ['__range', range] as const,
    ['__range_s', String(millisOf(range) / 1000)] as const,
    ['__interval', interval] as const,
    ['__interval_ms', String(millisOf(interval))] as const,
  ]);
  return text.replace(/\$(\w+)|\$\{(\w+)(?::\w+)?\}/g, (variable, bare?: string, braced?: string) => {
    const value = values.get(bare ?? braced ?? '');
    if (value === undefined) throw new Error(`No dashboard has a variable ${variable}: ${text}`);
    return value;
  });
}

/** Of a duration such as `15s`. */
function millisOf(duration: string): number {
  const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number.parseInt(duration, 10) * units[duration.slice(-1) as keyof typeof units];
}

function targetsOf(panel: Panel, type: string): Target[] {
  return ((panel.targets ?? []) as unknown as Target[]).filter(({ datasource }) => datasource?.type === type);
}
