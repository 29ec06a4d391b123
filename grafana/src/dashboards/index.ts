import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { agent } from './agent.js';
import { amb } from './amb.js';
import { cmvk } from './cmvk.js';
import { fleet } from './fleet.js';
import { overview } from './overview.js';
import { performance } from './performance.js';
import { safety } from './safety.js';

/** Every dashboard, in the order of the links between them. */
export const dashboards = (): Dashboard[] => [
  overview(),
  cmvk(),
  amb(),
  safety(),
  performance(),
  agent(),
  fleet(),
];
