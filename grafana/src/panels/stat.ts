import {
  BigValueColorMode,
  BigValueGraphMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { MappingType, SpecialValueMatch, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { UNKNOWN } from '../theme.js';
import { common } from './common.js';
import type { MakePanel } from './spec.js';

interface Stat {
  /** Draws the course of the number behind it, which takes the whole range instead of its end. */
  readonly course?: boolean;
  /** Of the panel without a value; grey unless the absence itself is news. */
  readonly noValueColour?: string;
}

/** One number, or few, to be read from afar: coloured whole where colour means something. */
export const stat: MakePanel<Stat> = (spec) => {
  const absent: ValueMapping = {
    type: MappingType.SpecialValue,
    options: {
      match: SpecialValueMatch.NullAndNan,
      result: { text: spec.noValue, color: spec.noValueColour ?? UNKNOWN },
    },
  };
  const mappings = [...(spec.mappings ?? []), absent];
  return common(new PanelBuilder(), { ...spec, mappings }, { once: spec.course !== true })
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .graphMode(spec.course === true ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorMode(spec.steps === undefined ? BigValueColorMode.Value : BigValueColorMode.Background)
    .build();
};
