import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DashboardLink, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { EventName } from '../../../src/semconv/index.js';
import { linksOfRows } from '../links.js';
import { eventsQuery, type AskedEvents } from '../queries/events.js';
import { plain, VICTORIA_LOGS } from '../theme.js';
import { thresholds } from './common.js';

/** The columns are attributes in their order, by what heads them; the time stands before them. */
interface EventsSpec<N extends EventName> extends AskedEvents<N> {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly noValue: string;
  /** Before those that every row has. */
  readonly links: readonly DashboardLink[];
}

/** How many events a table has; older ones are found in the stack's own page for logs. */
const MOST_ROWS = 50;

/** Events, one a row, the newest first. Their store is a plugin of Grafana: where that is missing, the panel says so. */
export function events<N extends EventName>(spec: EventsSpec<N>): Panel {
  const { id, title, description, noValue, columns, links } = spec;
  const renamed = { Time: 'Time', ...columns } as Readonly<Record<string, string>>;
  const names = Object.keys(renamed);
  const target = {
    refId: 'A',
    datasource: VICTORIA_LOGS,
    editorMode: 'code',
    queryType: 'instant',
    expr: eventsQuery(spec, MOST_ROWS),
    maxLines: MOST_ROWS,
  };
  return new PanelBuilder()
    .id(id)
    .title(title)
    .description(description)
    .datasource(VICTORIA_LOGS)
    .unit('none')
    .noValue(noValue)
    .thresholds(thresholds(plain()))
    .targets([{ build: () => target } as unknown as Builder<Dataquery>])
    .dataLinks([...links, ...linksOfRows(names)].map((link) => ({ build: () => link })))
    .withTransformation({ id: 'extractFields', options: { source: 'labels', format: 'json' } })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Line: true, id: true, labels: true },
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: renamed,
      },
    })
    .showHeader(true)
    .filterable(true)
    .build();
}
