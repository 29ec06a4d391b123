import {
  AgentIdentity,
  AgentMeshClient,
  AuditLogger,
  GenericFrameworkAdapter,
  KillSwitch,
  LifecycleManager,
  LifecycleState,
  PolicyEngine,
  RingEnforcer,
} from '@microsoft/agent-governance-sdk';
import { describeUnchangedHost, type PatchedClass } from '../support/unchanged-host.js';

const DID = 'did:agentmesh:a:0123456789abcdef';
const make = (type: new (...args: never[]) => object): object => new type(...([] as never[]));
const withArgument = (argument: unknown) => (type: new (...args: never[]) => object) =>
  new type(argument as never);

const rows: Readonly<Record<string, PatchedClass>> = {
  PolicyEngine: {
    type: PolicyEngine,
    make,
    instrument: (governance, engine) => governance.instrumentPolicyEngine(engine as PolicyEngine),
    methods: {
      evaluate: ['read', { path: '/' }],
      evaluatePolicy: [DID, { action: 'read' }],
      evaluateWithBackends: ['read', { path: '/' }],
      evaluatePolicyWithBackends: [DID, { action: 'read' }],
    },
  },
  AgentMeshClient: {
    type: AgentMeshClient,
    make: withArgument({ agentId: 'a' }),
    instrument: (governance, client) => governance.instrumentClient(client as AgentMeshClient),
    methods: { executeWithGovernance: ['read', { path: '/' }] },
  },
  KillSwitch: {
    type: KillSwitch,
    make,
    instrument: (governance, killSwitch) => governance.instrumentKillSwitch(killSwitch as KillSwitch),
    methods: { kill: [DID, { reason: 'drift' }] },
  },
  LifecycleManager: {
    type: LifecycleManager,
    make: withArgument(DID),
    instrument: (governance, manager) => governance.instrumentLifecycle(manager as LifecycleManager),
    methods: {
      transition: [LifecycleState.Active, 'go', 'me'],
      activate: ['go'],
      suspend: ['wait'],
      quarantine: ['odd'],
      decommission: ['old'],
    },
  },
  GenericFrameworkAdapter: {
    type: GenericFrameworkAdapter,
    make: withArgument(AgentMeshClient.create('a')),
    instrument: (governance, adapter) => governance.instrumentAdapter(adapter as GenericFrameworkAdapter),
    methods: {
      run: [{ name: 'lookup', action: 'read' }, () => 'found'],
      beginInvocation: [{ name: 'lookup', action: 'read' }],
    },
  },
  RingEnforcer: {
    type: RingEnforcer,
    make,
    instrument: (governance, enforcer) => governance.instrumentRingEnforcer(enforcer as RingEnforcer),
    methods: { enforce: ['read'] },
  },
  AgentIdentity: {
    type: AgentIdentity as unknown as PatchedClass['type'], // its constructor is private
    make: withArgument({
      did: DID,
      publicKey: new Uint8Array(),
      privateKey: new Uint8Array(),
      capabilities: [],
    }),
    instrument: (governance, identity) => governance.instrumentIdentity(identity as AgentIdentity),
    methods: { suspend: ['wait'], revoke: ['stolen'], reactivate: [] },
  },
  AuditLogger: {
    type: AuditLogger,
    make,
    instrument: (governance, audit) => governance.instrumentAuditLogger(audit as AuditLogger),
    methods: { log: [{ agentId: 'a', action: 'read', decision: 'allow' }] },
  },
};

describeUnchangedHost(rows);
