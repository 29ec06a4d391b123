import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { common } from './common.js';
import type { MakePanel, PanelSpec } from './spec.js';

interface Lines {
  /** How many series there may be decides the legend: many are a table with their last and highest values. */
  readonly many?: boolean;
  readonly stacked?: boolean;
  /** Fewer points than the panel is wide, where each is taken from a series of every service. */
  readonly mostPoints?: number;
}

interface Bars {
  /** Width of a bar at least; counts of shorter times are mostly 0 or 1. */
  readonly atLeast: `${number}${'m' | 'h' | 'd'}`;
  /** Looks back this far whatever range the page has. */
  readonly lastly?: `${number}d`;
  /** All series are of one kind, and in shades of this colour. */
  readonly shadesOf?: string;
}

/** The course of what is measured; thresholds are dashed lines. */
export const lines: MakePanel<Lines> = (spec) => {
  const builder = drawn(spec, spec.many === true)
    .lineWidth(2)
    .fillOpacity(10);
  if (spec.stacked === true) builder.stacking(stacked()).fillOpacity(40);
  if (spec.mostPoints !== undefined) builder.maxDataPoints(spec.mostPoints);
  return builder.build();
};

/** Counts of what increaseOf, stacked; each bar is of one `$__interval`, so that their sum is what happened. */
export const bars: MakePanel<Bars> = (spec) => {
  const builder = drawn(spec, true)
    .drawStyle(GraphDrawStyle.Bars)
    .lineWidth(0)
    .fillOpacity(90)
    .stacking(stacked())
    .interval(spec.atLeast);
  if (spec.lastly !== undefined) builder.timeFrom(spec.lastly);
  if (spec.shadesOf !== undefined)
    builder.colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Shades).fixedColor(spec.shadesOf));
  return builder.build();
};

function drawn(spec: PanelSpec, many: boolean): PanelBuilder {
  const builder = common(new PanelBuilder(), { min: 0, ...spec })
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassicByName))
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(many ? table() : list());
  if (spec.steps !== undefined)
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  return builder;
}

const stacked = () => new StackingConfigBuilder().mode(StackingMode.Normal).group('A');

const list = () =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs([]);

const table = () =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Max')
    .sortDesc(true);
