import { AgentMeshClient, PolicyEngine, type PolicyRule } from '@microsoft/agent-governance-sdk';
import { ACTIONS } from './names.js';
import { Pool, Random } from './random.js';

const DID = 'did:agentmesh:support-1:0123456789abcdef';
/** Entries an audit log keeps, by default. */
export const AUDIT_LOG_LIMIT = 10_000;

export interface GovernedCall {
  readonly did: string;
  readonly action: string;
  readonly context: Readonly<Record<string, unknown>>;
}

const allowed = ACTIONS.filter((action) => /^(read|search|update|write)/.test(action));
/** Share of calls that are sure to be allowed; the others are any action. */
const SHARE_ALLOWED = 0.9;

/** Calls of one agent, their arguments as tools have them. */
export function governedCalls(): Pool<GovernedCall> {
  const random = new Random(13);
  return new Pool(
    Array.from({ length: 1024 }, () => {
      const action = random.pick(random.next() < SHARE_ALLOWED ? allowed : ACTIONS);
      return { did: DID, action, context: { action, amount: random.below(2000), channel: 'chat' } };
    }),
  );
}

/** One document of the size that a service desk has. */
export const DOCUMENT_RULES: readonly PolicyRule[] = [
  {
    name: 'exports',
    condition: "action in ['export_file', 'export_record']",
    ruleAction: 'deny',
    priority: 90,
  },
  { name: 'deletions', condition: "action == 'delete_record'", ruleAction: 'deny', priority: 80 },
  {
    name: 'large-payments',
    condition: "action == 'send_payment' and amount > 1000",
    ruleAction: 'require_approval',
    priority: 70,
  },
  {
    name: 'approvals',
    condition: "action == 'approve_payment'",
    ruleAction: 'require_approval',
    priority: 60,
  },
  {
    name: 'mail',
    condition: "action == 'send_mail' and channel == 'chat'",
    ruleAction: 'allow',
    priority: 50,
  },
  {
    name: 'reading',
    condition: "action in ['read_file', 'read_record']",
    ruleAction: 'allow',
    priority: 40,
  },
];

/** One document of one rule. */
export const SIMPLE_RULES: readonly PolicyRule[] = [
  { name: 'large-payments', condition: "action == 'send_payment' and amount > 1000", ruleAction: 'deny' },
];

/** Denies what it does not name. */
export const FLAT_RULES: readonly PolicyRule[] = [
  ...allowed.map((action): PolicyRule => ({ action, effect: 'allow' })),
  { action: 'approve_payment', effect: 'review' },
  { action: '*', effect: 'deny' },
];

/** An engine with one policy document. */
export function policyEngine(rules: readonly PolicyRule[]): PolicyEngine {
  const engine = new PolicyEngine();
  engine.loadPolicy({
    name: 'service-desk',
    default_action: 'allow',
    rules: [...rules],
  });
  return engine;
}

/** A client with flat rules, its audit log empty or full. */
export function governedClient(options: { auditLogFull: boolean }): AgentMeshClient {
  const client = AgentMeshClient.create('support-1', {
    policyRules: [...FLAT_RULES],
  });
  client.lifecycle.activate('ready');
  for (let i = 0; options.auditLogFull && i < AUDIT_LOG_LIMIT; i++) {
    client.audit.log({ agentId: client.identity.did, action: 'read_file', decision: 'allow' });
  }
  return client;
}

/** What only the SDK itself may do: a new client for each ten thousand calls would be one whose code is cold. */
export function emptyAuditLog({ audit }: AgentMeshClient): void {
  (audit as unknown as { entries: unknown[] }).entries.length = 0;
}
