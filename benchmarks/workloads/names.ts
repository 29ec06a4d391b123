const VERBS = ['read', 'write', 'send', 'delete', 'approve', 'export', 'search', 'update'] as const;
const NOUNS = ['file', 'mail', 'record', 'payment'] as const;

/** Thirty-two actions, named as hosts name them. */
export const ACTIONS: readonly string[] = VERBS.flatMap((verb) => NOUNS.map((noun) => `${verb}_${noun}`));

export const POLICIES: readonly string[] = [
  'data-access',
  'no-destructive-sql',
  'pii-stays-inside',
  'payments-need-approval',
  'rate-limits',
  'tool-allowlist',
  'egress',
  'business-hours',
  'least-privilege',
  'prompt-injection',
];

/**
 * An agent's id as a new text: ids come out of requests, so equal ones are seldom the same object in memory.
 */
export function agentId(agent: number): string {
  return Buffer.from(`support-agent-${agent}`).toString('latin1');
}
