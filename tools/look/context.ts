import type { JaegerApi } from '../../test/e2e/support/jaeger-api.js';
import type { VictoriaLogsApi } from '../../test/e2e/support/victoria-logs-api.js';
import type { Prometheus } from '../pictures/prometheus.js';
import type { Page } from './layout.js';

/** What pages are made from. */
export interface Sources {
  readonly prometheus: Prometheus;
  readonly logs?: VictoriaLogsApi | undefined;
  readonly traces?: JaegerApi | undefined;
  /** Folder with grafana/dashboards and prometheus/runbooks. */
  readonly root: string;
  readonly now: () => Date;
}

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A page, or the address where it is. */
export type Answer = Page | { readonly location: string };

export type Handler = (asked: Asked, sources: Sources) => Answer | Promise<Answer>;

export const notFound = (what: string): never => {
  throw new NotFound(`There is no ${what} here.`);
};

export class NotFound extends Error {
  override readonly name = 'NotFound';
}
