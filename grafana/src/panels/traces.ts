import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { tracesQuery } from '../links.js';
import { plain } from '../theme.js';
import { thresholds } from './common.js';

interface TracesSpec {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly noValue: string;
  /** Attributes of spans. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Traces that Jaeger has, one a row: of the one service that the page has chosen, since Jaeger searches in one. Its data
 * source heads the columns, and links each id to its trace.
 */
export function traces({ id, title, description, noValue, tags }: TracesSpec): Panel {
  const query = tracesQuery({ service: '${service}', tags });
  return new PanelBuilder()
    .id(id)
    .title(title)
    .description(description)
    .datasource(query.datasource)
    .unit('none')
    .noValue(noValue)
    .thresholds(thresholds(plain()))
    .targets([{ build: () => query } as unknown as Builder<Dataquery>])
    .showHeader(true)
    .filterable(true)
    .build();
}
