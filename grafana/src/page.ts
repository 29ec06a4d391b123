import {
  DashboardBuilder,
  DashboardCursorSync,
  type Dashboard,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dashboard as Uid } from '../../prometheus/src/links.js';
import { firingAlerts } from './annotations.js';
import { linksFrom, TITLES } from './links.js';
import { commonVariables } from './variables.js';

interface Page {
  readonly uid: Uid;
  readonly description: string;
  readonly panels: (Panel | RowPanel)[];
  readonly variables?: VariableModel[];
  /** The range that it opens with, back from now. */
  readonly lastly: `${number}${'h' | 'd'}`;
  readonly refresh: `${number}${'s' | 'm'}`;
}

/** A dashboard as a file: Grafana gives it its id, and provisioning its folder. */
export function page({ uid, description, panels, variables = [], lastly, refresh }: Page): Dashboard {
  const built = new DashboardBuilder(TITLES[uid])
    .uid(uid)
    .description(description)
    .tags(['agent-os'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${lastly}`, to: 'now' })
    .refresh(refresh)
    .variables([...commonVariables(), ...variables].map((model) => ({ build: () => model })))
    .annotations([{ build: firingAlerts }])
    .links(linksFrom(uid).map((link) => ({ build: () => link })))
    .build();
  return { ...built, panels };
}
