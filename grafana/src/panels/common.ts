import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type DashboardLink,
  type DynamicConfigValue,
  type Threshold,
  type ThresholdsConfig,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus';
import { CHOSEN_PROMETHEUS, plain } from '../theme.js';
import type { PanelSpec, Query } from './spec.js';

/** What all builders of panels have in common; the SDK generates them without a type for it. */
interface PanelBuilder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: { type?: string; uid?: string }): this;
  targets(targets: Builder<Dataquery>[]): this;
  unit(unit: string): this;
  noValue(noValue: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  max(max: number): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  mappings(mappings: ValueMapping[]): this;
  dataLinks(links: Builder<DashboardLink>[]): this;
  overrideByName(name: string, properties: DynamicConfigValue[]): this;
}

export interface Asked {
  /** Once for the end of the time range, instead of all along it. */
  readonly once?: boolean;
  readonly format?: PromQueryFormat;
}

/** Sets what a panel says whatever it draws. */
export function common<B extends PanelBuilder>(builder: B, spec: PanelSpec, asked: Asked = {}): B {
  builder
    .id(spec.id)
    .title(spec.title)
    .description(spec.description)
    .datasource(CHOSEN_PROMETHEUS)
    .unit(spec.unit)
    .noValue(spec.noValue)
    .thresholds(thresholds(spec.steps ?? plain()))
    .targets(spec.queries.map((query, index) => target(query, index, asked)));
  if (spec.decimals !== undefined) builder.decimals(spec.decimals);
  if (spec.min !== undefined) builder.min(spec.min);
  if (spec.max !== undefined) builder.max(spec.max);
  if (spec.mappings !== undefined) builder.mappings([...spec.mappings]);
  if (spec.links !== undefined) builder.dataLinks(spec.links.map((link) => ({ build: () => link })));
  for (const [name, fixedColor] of Object.entries(spec.colours ?? {}))
    builder.overrideByName(name, [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor } }]);
  return builder;
}

function target(query: Query, index: number, { once = false, format }: Asked): DataqueryBuilder {
  const builder = new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(CHOSEN_PROMETHEUS)
    .expr(query.expression.text)
    .editorMode(QueryEditorMode.Code)
    .format(format ?? PromQueryFormat.TimeSeries);
  // A target that does not say has the range as well.
  if (once) builder.instant();
  else builder.range();
  if (query.legend !== undefined) builder.legendFormat(query.legend);
  if (query.exemplars === true) builder.exemplar(true);
  return builder;
}

export const thresholds = (steps: readonly Threshold[]) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);
