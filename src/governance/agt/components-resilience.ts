import { agentOf } from './labels.js';
import type { ComponentSpec, Read, Reading, Trust } from './components.js';
import { changes, flag, list, memberFlag, search } from './components-readers.js';

// What keeps a failure or a distrusted agent from spreading: rings, trust, breakers, budgets, sandboxes, lifecycles.

export const ringEnforcer: ComponentSpec = {
  component: 'ring_enforcer',
  methods: {
    canExecute: { operation: 'can_execute', read: flag('allowed', 'denied') },
    enforce: { operation: 'enforce', read: () => 'allowed', refuses: ['RingBreachError'] },
  },
};

/** Transitions that a lifecycle refuses; those it makes are signals as well. */
export const lifecycleManager: ComponentSpec = {
  component: 'lifecycle',
  methods: changes(
    {
      transition: 'transition',
      activate: 'activate',
      suspend: 'suspend',
      quarantine: 'quarantine',
      decommission: 'decommission',
    },
    'any',
  ),
};

interface TrustScore {
  readonly overall: unknown;
  readonly tier: unknown;
}

/** What a score says; undefined where it is none. */
export function trustOf(
  identity: unknown,
  score: unknown,
  agentId = agentOf(identity).agentId,
): Trust | undefined {
  const { overall, tier } = (score ?? {}) as Partial<TrustScore>;
  if (typeof overall !== 'number' || typeof tier !== 'string') return undefined;
  return { agentId, identity: String(identity), score: overall, tier };
}

const withTrust = (reading: Reading, trust: Trust | undefined): Reading =>
  trust === undefined ? reading : { ...reading, trust };

interface PeerVerdict {
  readonly verified: unknown;
  readonly trustScore: unknown;
}

const peerVerified: Read = ({ verified, trustScore }: PeerVerdict, _self, [agent]) =>
  withTrust(
    { result: verified === true ? 'allowed' : verified === false ? 'denied' : 'unknown' },
    trustOf(agent, trustScore),
  );

export const trustManager: ComponentSpec = {
  component: 'trust_manager',
  methods: {
    verifyPeer: { operation: 'verify_peer', read: peerVerified },
    getTrustScore: {
      operation: 'score',
      silent: true,
      read: (score: unknown, _self, [agent]) => withTrust({}, trustOf(agent, score)),
    },
    recordSuccess: { operation: 'interaction', read: () => 'ok' },
    recordFailure: { operation: 'interaction', read: () => 'failed' },
  },
};

interface Breaker {
  readonly state: unknown;
}

const failed: Read = (_answer, self: Breaker, _args, before) =>
  before !== 'open' && self.state === 'open' ? { result: 'failed', findings: ['opened'] } : 'failed';

export const circuitBreaker: ComponentSpec = {
  component: 'circuit_breaker',
  methods: {
    canExecute: { operation: 'can_execute', read: flag('allowed', 'denied') },
    onSuccess: { operation: 'call', read: () => 'ok' },
    onFailure: { operation: 'call', read: failed, before: (self: Breaker) => self.state },
  },
};

const actions = (events: unknown) => list(events).map(({ action }) => action);

export const cascadeContainment: ComponentSpec = {
  component: 'cascade_containment',
  methods: {
    canCall: { operation: 'can_call', read: flag('allowed', 'denied') },
    recordSuccess: { operation: 'call', read: () => 'ok' },
    recordFailure: {
      operation: 'call',
      read: (events: unknown) => ({ result: 'failed', findings: actions(events) }),
    },
    propagateHealth: { operation: 'propagate_health', read: search(actions) },
    ...changes({ addDependency: 'add_dependency' }, 'any'),
    ...changes({ registerAgent: 'register_agent', resetAgent: 'reset_agent' }),
  },
};

export const errorBudgetTracker: ComponentSpec = {
  component: 'error_budget',
  methods: {
    recordEvent: {
      operation: 'event',
      read: (_answer, _self, [good]) => (good === true ? 'ok' : good === false ? 'failed' : 'unknown'),
    },
    snapshot: { operation: 'snapshot', read: memberFlag('exhausted', 'failed', 'ok') },
  },
};

export const sloTracker: ComponentSpec = {
  component: 'slo',
  methods: {
    recordEvent: errorBudgetTracker.methods.recordEvent as ComponentSpec['methods'][string],
    evaluate: {
      operation: 'evaluate',
      read: (health: unknown) => {
        if (health === 'healthy') return 'ok';
        const known = health === 'warning' || health === 'critical' || health === 'exhausted';
        return known
          ? { result: health === 'warning' ? 'detected' : 'failed', findings: [health] }
          : 'unknown';
      },
    },
  },
};

/** The recording of a run by the SDK itself. */
export const traceCapture: ComponentSpec = {
  component: 'trace_capture',
  methods: {
    finish: { operation: 'finish', read: memberFlag('success', 'ok', 'failed') },
    ...changes({ finishSpan: 'finish_span' }),
  },
};

interface Execution {
  readonly status?: unknown;
  readonly result?: { readonly killed?: unknown; readonly killReason?: unknown };
}

const executed: Read = ({ status, result }: Execution) => {
  if (status === 'completed') return 'ok';
  if (status !== 'failed' && status !== 'cancelled') return 'unknown';
  return result?.killed === true ? { result: 'failed', findings: ['killed'] } : 'failed';
};

export const dockerSandboxProvider: ComponentSpec = {
  component: 'docker_sandbox',
  methods: {
    isAvailable: { operation: 'is_available', read: flag('ok', 'failed') },
    createSession: {
      operation: 'create_session',
      read: ({ status }: { status: unknown }) =>
        status === 'ready' ? 'ok' : status === 'failed' ? 'failed' : 'unknown',
    },
    executeCode: { operation: 'execute_code', read: executed },
    ...changes({ destroySession: 'destroy_session' }),
  },
};
