import { AgentMeshClient, PolicyEngine } from '@microsoft/agent-governance-sdk';
import { GovernanceInstrumentation } from '../../src/governance/agt/index.js';
import { callBench, checked } from '../calls/support.js';

// Inside of obs.policyCheck, an engine that had allowed bore out what the host answered after another had failed, and a
// client that failed was no failure at all: allows that nobody had evaluated were ordinary ones.

const UNEVALUATED = 'agent_os_policy_unevaluated_total';
const ERRORS = 'agent_os_policy_evaluation_errors_total';
const MADE_UP = { [`${UNEVALUATED} enforced=allowed,policy=files,provenance=backend_error`]: 1 };
const FAILED = { [`${ERRORS} error_type=RangeError,policy=files`]: 1 };

interface Engines {
  readonly failing: PolicyEngine;
  readonly allowing: PolicyEngine;
  /** It has a rule that allows, and fails. */
  readonly client: AgentMeshClient;
}

/** The first that answers. */
function firstOf(...ways: (() => unknown)[]): boolean {
  for (const way of ways) {
    try {
      return way() as boolean;
    } catch {
      // the next one
    }
  }
  return true;
}
const failed = (): never => {
  throw new RangeError('no answer');
};

test.each<[string, (engines: Engines) => unknown, object]>([
  [
    'of an engine after the failure was evaluated',
    ({ failing, allowing }) =>
      firstOf(
        () => failing.evaluate('read_file'),
        () => allowing.evaluate('read_file'),
      ),
    {},
  ],
  [
    'of an engine before the failure bears out nothing after it',
    ({ failing, allowing }) => firstOf(() => (allowing.evaluate('read_file'), failing.evaluate('read_file'))),
    MADE_UP,
  ],
  ['of nobody was made up', ({ failing }) => firstOf(() => failing.evaluate('read_file')), MADE_UP],
  [
    'of an engine that is not instrumented counts as made up, since nobody can tell',
    ({ failing }) =>
      firstOf(
        () => failing.evaluate('read_file'),
        () => ({ result: true }),
      ),
    MADE_UP,
  ],
  [
    'of the host after a client has failed was made up',
    ({ client }) =>
      client.executeWithGovernance('read_file').then(
        () => false,
        () => true,
      ),
    MADE_UP,
  ],
])('an allow %s', async (_, ask, unevaluated) => {
  const { obs, verbs, clock, counted } = callBench();
  const allowing = new PolicyEngine([{ action: 'read_file', effect: 'allow' }]);
  const failing = Object.assign(new PolicyEngine([]), { evaluate: failed });
  const client = AgentMeshClient.create('support-1', {});
  Object.assign(client, { executeWithGovernance: async () => failed() });
  const governance = new GovernanceInstrumentation(obs, { clock: clock.now });
  governance.instrumentPolicyEngine(allowing);
  governance.instrumentPolicyEngine(failing);
  governance.instrumentClient(client);
  await Promise.resolve(verbs.policyCheck(checked, () => ask({ allowing, failing, client }) as boolean));
  expect(await counted(UNEVALUATED, ERRORS)).toEqual({ ...unevaluated, ...FAILED });
  await obs.shutdown();
});
