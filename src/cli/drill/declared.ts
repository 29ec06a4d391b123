import type { Command } from '../command.js';
import { ADDRESS_FLAGS } from '../doctor/addresses.js';

export const DRILL: Command = {
  name: 'drill',
  takes: 'violation|kill|silence|collector-away',
  words: [1, 1],
  about: 'Rehearses an incident against the running stack, and measures how long until somebody is told.',
  details: [
    'It is a kernel of its own, of the service agent-os-drill. People are told as of any other, so tell them before. Rules that add up what happened leave this service out.',
    'violation: something that is not blocked, until the notification of AgentOSUnblockedViolation is taken. kill: an agent until its handler has run, and a kill that fails until that pages. silence: a kernel that is heard no more, until AgentOSKernelDown pages. collector-away: the Collector is out of reach for five seconds, and nothing may be lost.',
    'The kernel of silence and collector-away sends through a relay of the drill, which is cut: it needs an endpoint of http.',
    'Each hop has its time in the report, FOLDER/KIND-TIME.json and .md. The first hop that fails ends the drill and is named.',
  ],
  flags: {
    endpoint: {
      type: 'string',
      value: 'URL',
      about: 'Where the kernel sends. Default: as the variables of a kernel say.',
    },
    ...ADDRESS_FLAGS,
    out: { type: 'string', value: 'FOLDER', about: 'Where the report goes. Default: drills.' },
    timeout: { type: 'string', value: 'SECONDS', about: 'How long to wait for each hop. Default: 120.' },
    json: { type: 'boolean', about: 'Prints the report as JSON instead of lines.' },
  },
  exits: ['Every hop held.', 'A hop failed: the report names it.'],
  load: () => import('./drill.js'),
};
