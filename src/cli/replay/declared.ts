import type { Command } from '../command.js';

export const REPLAY: Command = {
  name: 'replay',
  takes: 'FILE',
  words: [1, 1],
  about: 'Says what a policy would have decided about recorded tool calls.',
  details: [
    'A line of FILE is one JSON object, one tool call: "agent_id" and "action" (texts), and what else the policy reads. Nothing is called, and nothing is recorded.',
    'The policy is a YAML or JSON file of the agent-governance SDK, which is taken from your installation, or a module whose default export, `policy` or `decide` is a function of the call, or an object with `evaluate`. Its answers are read as those of `obs.policyCheck`; one that is not understood, or does not come in time, is unknown, and one that throws an error: neither is allowed.',
    'A line that is no tool call is named by its number, and counted beside: it is never taken as allowed. A policy that limits how often something may happen sees the calls at the pace of the replay.',
  ],
  flags: {
    policy: { type: 'string', value: 'FILE', about: 'The policy: .yaml, .yml, .json, .js, .mjs or .cjs.' },
    show: {
      type: 'string',
      value: 'N',
      about: 'How many calls that were not allowed are listed. Default: 20.',
    },
    timeout: {
      type: 'string',
      value: 'SECONDS',
      about: 'How long to wait for each answer of the policy. Default: 10.',
    },
    json: { type: 'boolean', about: 'Prints one JSON object, with every call that was not allowed.' },
    strict: {
      type: 'boolean',
      about:
        'Ends with 1 where there are no calls, a line could not be read, or a verdict is unknown or an error.',
    },
  },
  exits: [
    'Replayed, whatever was decided.',
    'With --strict: there are no calls, or some lines or verdicts could not be read.',
  ],
  load: () => import('./replay.js'),
};
