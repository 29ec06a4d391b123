import type { Command } from '../command.js';
import { ADDRESS_FLAGS } from './addresses.js';

export const DOCTOR: Command = {
  name: 'doctor',
  takes: '',
  words: [0, 0],
  about: 'Sends a marked span, metric and event as a kernel would, waits for them, and names what is broken.',
  details: [
    'It reads the variables that a kernel reads (docs/environment.md), or the file that OTEL_CONFIG_FILE names, and says what a kernel would say of them; flags go before them. Each hop is looked at: the settings, the installation in the current folder, the Collector, and behind it Prometheus, Alertmanager, Jaeger and VictoriaLogs. Each finding names the hop and what to do.',
    'What it sends is of the service agent-os-doctor, and in no metric that a dashboard or an alert counts. All addresses are on this machine unless you say otherwise.',
  ],
  flags: {
    endpoint: { type: 'string', value: 'URL', about: 'Where a kernel sends, in place of the variables.' },
    protocol: {
      type: 'string',
      value: 'NAME',
      about: 'http/protobuf, http/json or grpc, in place of the variables.',
    },
    ...ADDRESS_FLAGS,
    alert: {
      type: 'boolean',
      about: 'Sends an alert too, a warning to the team platform, and waits until a receiver took it.',
    },
    dashboards: {
      type: 'string',
      value: 'FOLDER',
      about: 'Dashboards to look for queries of what nobody makes.',
    },
    load: {
      type: 'string',
      value: 'FILE',
      about: 'Your module that sets up telemetry: loaded, to see whose provider is there then.',
    },
    timeout: { type: 'string', value: 'SECONDS', about: 'How long to wait for what was sent. Default: 30.' },
    json: { type: 'boolean', about: 'Prints one JSON object instead of lines.' },
  },
  exits: ['Nothing is wrong.', 'Something is broken: each finding has its hop and its fix.'],
  load: () => import('./doctor.js'),
};
