import { GovernanceInstrumentation } from '../../../src/governance/agt/index.js';
import { createTestObservability } from '../../../src/testing/index.js';

/** A host that does not look at what we return for its promises: it handles its own, or, if told so, none. */
const obs = createTestObservability();
const governance = new GovernanceInstrumentation(obs);
const agentId = 'a';
const verbs: Record<string, (run: () => unknown) => unknown> = {
  policyCheck: (run) => obs.policyCheck({ agentId, action: 'x', policy: 'p' }, run as () => boolean),
  execute: (run) => obs.execute({ agentId, action: 'x' }, run),
  signal: (run) => obs.signal({ signal: 'SIGSTOP', reason: 'r', agentId }, run),
  'kernel.policyCheck': (run) => obs.kernel.policyCheck('p', run as () => boolean),
  'kernel.execution': (run) => obs.kernel.execution(agentId, run),
  'agent.execution': (run) => obs.agent.execution(agentId, run),
  'amb.publish': (run) => obs.amb.publish({ topic: 't' }, run),
  'amb.process': (run) => obs.amb.process({ topic: 't' }, run),
  'tracer.span': (run) => obs.tracer.span('work', {}, run),
  'tracer.wrap': (run) => obs.tracer.wrap('work', run)(),
  'kills.kill': (run) => obs.kills.kill({ agentId, reason: 'r' }, run),
  'governance.toolCall': (run) => governance.toolCall({ agentId, action: 'x' }, run),
};
const [how, ...names] = process.argv.slice(2);
if (how !== 'handled') process.on('unhandledRejection', (error: Error) => console.log(error.message));
for (const name of names.length > 0 ? names : Object.keys(verbs)) {
  const failing = async (): Promise<never> => {
    throw new Error(name);
  };
  const promise = how === 'handled' ? failing() : undefined;
  promise?.catch(() => undefined);
  void verbs[name]!(promise === undefined ? failing : () => promise);
}
