import {
  BarGaugeDisplayMode,
  BarGaugeValueMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { NEUTRAL } from '../theme.js';
import { common, type Asked } from './common.js';
import type { MakePanel, PanelSpec } from './spec.js';

/** One bar for each series, side by side in their order. */
export const ranking: MakePanel = (spec) =>
  drawn(spec, { once: true }).orientation(VizOrientation.Horizontal).build();

/** One bar for each bucket of a histogram. The format takes the differences: buckets of Prometheus hold those below. */
export const distribution: MakePanel = (spec) =>
  drawn(spec, { once: true, format: PromQueryFormat.Heatmap }).orientation(VizOrientation.Vertical).build();

const drawn = (spec: PanelSpec, asked: Asked) =>
  common(new PanelBuilder(), { min: 0, decimals: 0, ...spec }, asked)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .displayMode(BarGaugeDisplayMode.Basic)
    .valueMode(BarGaugeValueMode.Text)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(NEUTRAL))
    .showUnfilled(false);
