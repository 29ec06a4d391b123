import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { common } from './common.js';
import type { MakePanel } from './spec.js';

interface Table {
  /** Labels and values (`Value` of one query, `Value #A` of several) in the order of the columns, by what heads them. */
  readonly columns: Readonly<Record<string, string>>;
  /** The column that sorts, the most first. */
  readonly most: string;
}

/** Label sets, one a row: several queries become several columns. */
export const table: MakePanel<Table> = (spec) => {
  const names = Object.keys(spec.columns);
  const builder = common(new PanelBuilder(), spec, { once: true, format: PromQueryFormat.Table });
  if (spec.queries.length > 1) builder.withTransformation({ id: 'merge', options: {} });
  return builder
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: spec.columns,
      },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(spec.most).desc(true)])
    .showHeader(true)
    .filterable(true)
    .build();
};
