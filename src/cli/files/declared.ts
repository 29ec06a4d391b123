import type { Command, Flag } from '../command.js';
import { SETTING_FLAGS } from './settings.js';

const JSON_FLAG: Flag = { type: 'boolean', about: 'Prints one JSON object instead of lines.' };
const COMMON = {
  overwrite: {
    type: 'boolean',
    about: 'Replaces files that were changed as well. What was there is kept beside, as FILE.before.',
  },
  json: JSON_FLAG,
} as const;
const SETTINGS_DETAIL =
  'Settings are remembered in the manifest, agent-os-observability.json, with a hash of each file that was written.';

export const INIT: Command = {
  name: 'init',
  takes: '[folder]',
  words: [0, 1],
  about: 'Writes the files of the whole stack, of this release, for your repository.',
  details: [
    'docker-compose.yml and what it mounts: Collector, Prometheus with rules and runbooks, Alertmanager, Grafana with its dashboards, Jaeger, VictoriaLogs. It makes .env too, with a random password for Grafana. The folder is the current one, if none is named.',
    'A file that is there and not as we wrote it stays; ours is put beside it as FILE.new, and the difference is shown. At a terminal it asks for what no flag says.',
    'A second call is an upgrade that also brings back files that you have deleted. It asks nothing, and keeps settings, .env, .gitignore and each file that you have changed. It ends with 0 where each of these was offered before as it is in this release, and with 1 where one was not, which then has its FILE.new.',
    SETTINGS_DETAIL,
  ],
  flags: {
    ...SETTING_FLAGS,
    receivers: {
      type: 'string',
      value: 'log|people',
      about:
        'Where alerts go: into the log of a container, or to Slack and PagerDuty by prometheus/alertmanager/alertmanager.yml. Default: log.',
    },
    yes: { type: 'boolean', about: 'Asks nothing: what no flag says has its default.' },
    ...COMMON,
  },
  exits: ['The files are there.', 'Some files were changed and stay; each has its FILE.new.'],
  load: () => import('./init.js'),
};

export const UPGRADE: Command = {
  name: 'upgrade',
  takes: '[folder]',
  words: [0, 1],
  about: 'Brings the files that init wrote to this release, and keeps your changes.',
  details: [
    'A file that you have not changed is replaced, one that you have stays: ours is put beside it as FILE.new where the release changes it, and the difference is shown. A file that you have deleted stays away.',
    SETTINGS_DETAIL,
  ],
  flags: {
    ...SETTING_FLAGS,
    'dry-run': { type: 'boolean', about: 'Shows what would change, and writes nothing.' },
    ...COMMON,
  },
  exits: ['All is as this release has it, but for what you changed.', 'Some files need you: see FILE.new.'],
  load: () => import('./upgrade.js'),
};

export const EXPORT: Command = {
  name: 'export',
  takes: 'dashboards|rules|runbooks [folder]',
  words: [1, 2],
  about: 'Writes one kind of file alone, for a Grafana or a Prometheus that you have.',
  details: [
    'The folder is named after the kind, if none is named. A second call is an upgrade of the first.',
    SETTINGS_DETAIL,
  ],
  flags: { ...SETTING_FLAGS, ...COMMON },
  exits: ['The files are there.', 'Some files were changed and stay; each has its FILE.new.'],
  load: () => import('./export.js'),
};
