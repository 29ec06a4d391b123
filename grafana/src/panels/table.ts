import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { linksOfRows } from '../links.js';
import { common } from './common.js';
import type { MakePanel, Unit } from './spec.js';

interface Table {
  /** Labels and values (`Value` of one query, `Value #A` of several) in the order of the columns, by what heads them. */
  readonly columns: Readonly<Record<string, string>>;
  /** The column that sorts, the most first. */
  readonly most: string;
  /** Values that say nothing themselves, as an info's. */
  readonly hidden?: readonly string[];
  /** Of columns that have another than the panel, by what heads them. */
  readonly units?: Readonly<Record<string, Unit>>;
}

/** Label sets, one a row: several queries become several columns. */
export const table: MakePanel<Table> = (spec) => {
  const names = Object.keys(spec.columns);
  const links = [...(spec.links ?? []), ...linksOfRows(names)];
  const builder = common(
    new PanelBuilder(),
    { ...spec, links },
    { once: true, format: PromQueryFormat.Table },
  );
  for (const [name, unit] of Object.entries(spec.units ?? {}))
    builder.overrideByName(name, [{ id: 'unit', value: unit }]);
  if (spec.queries.length > 1) builder.withTransformation({ id: 'merge', options: {} });
  return builder
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(['Time', ...(spec.hidden ?? [])].map((name) => [name, true])),
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: spec.columns,
      },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(spec.most).desc(true)])
    .showHeader(true)
    .filterable(true)
    .build();
};
