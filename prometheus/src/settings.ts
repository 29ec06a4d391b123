import { currentConfig } from './config.js';

/** What this process writes rules and dashboards with. Apart, since a command says which file before it loads this. */
export const CONFIG = currentConfig();
