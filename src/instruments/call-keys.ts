import { closest } from '../common/closest.js';
import type { Recorder } from './host-calls.js';

/** Calls that are looked at, for each method: of those that lack a key, and of those that leave one out. */
const MOST_LOOKS = 1000;
/** Keys of one call that are looked at: it may be given anything. */
const MOST_KEYS = 50;

/**
 * The keys that a method of a recorder reads. JavaScript compiles a call with a key that nobody reads, and what it names
 * is then counted as `unknown`. It is looked for only where a key that is read was not given, so that other calls pay
 * nothing.
 */
class CallKeys {
  private readonly known: ReadonlySet<string>;
  private looks = MOST_LOOKS;
  private looksAtMissed = MOST_LOOKS;

  constructor(
    private readonly method: string,
    keys: readonly string[],
  ) {
    this.known = new Set(keys);
  }

  /** A key that every call must have was not given: says, once, which keys nobody reads. Never throws. */
  missed(recorder: Recorder | undefined, given: object): void {
    if (this.looksAtMissed === 0) return;
    this.looksAtMissed--;
    this.say(recorder, given, false);
  }

  /** A key that calls may leave out was not given: says, once, which key may have been meant for it. Never throws. */
  omitted(recorder: Recorder | undefined, given: object): void {
    if (this.looks === 0) return;
    this.looks--;
    this.say(recorder, given, true);
  }

  private say(recorder: Recorder | undefined, given: object, onlyNear: boolean): void {
    try {
      if (typeof given !== 'object') return;
      let left = MOST_KEYS;
      for (const key in given) {
        if (left-- === 0) return;
        if (!this.known.has(key)) this.sayKey(recorder, given, key, onlyNear);
      }
    } catch {
      // What refuses to be read is counted where it is read.
    }
  }

  private sayKey(recorder: Recorder | undefined, given: object, key: string, onlyNear: boolean): void {
    const absent = [...this.known].filter((name) => (given as Record<string, unknown>)[name] === undefined);
    const near = closest(key, absent);
    if (near === undefined && onlyNear) return;
    const hint = near === undefined ? `its keys are ${[...this.known].join(', ')}` : `did you mean ${near}?`;
    const message = `${this.method}: unknown key ${key.slice(0, 40)}, which is not read; ${hint}`;
    recorder?.registry.drops.warn(`${this.method}/${near ?? 'key'}`, message);
  }
}

function keysOf<const M extends Readonly<Record<string, readonly string[]>>>(
  owner: string,
  methods: M,
): { readonly [K in keyof M]: CallKeys } {
  return Object.fromEntries(
    Object.entries(methods).map(([method, keys]) => [method, new CallKeys(`${owner}.${method}`, keys)]),
  ) as { [K in keyof M]: CallKeys };
}

export const KERNEL_KEYS = keysOf('KernelMetrics', {
  recordRequest: ['action', 'status'],
  recordViolation: ['agentId', 'action', 'policy', 'severity', 'reason', 'rule', 'blocked'],
  recordBlocked: ['agentId', 'action'],
  recordPolicyCheck: ['policy', 'result', 'durationSeconds', 'provenance'],
  recordPolicyCheckError: ['policy', 'errorType', 'durationSeconds'],
  recordDecision: ['policy', 'decision', 'enforced', 'provenance'],
  recordExecution: ['action', 'status', 'durationSeconds'],
  recordKernelLatency: ['durationSeconds'],
  recordSignal: ['signal', 'reason', 'agentId'],
  recordContainment: ['durationSeconds'],
  recordRecovery: ['success', 'durationSeconds'],
  recordAgentCrash: ['agentId', 'reason'],
  recordUngovernedAction: ['agentId', 'action'],
  recordAllowedAfterStop: ['agentId', 'action', 'state'],
  setInfo: ['version', 'policyMode'],
});

export const KILL_KEYS = keysOf('KillMetrics', {
  startKill: ['agentId', 'reason'],
  recordKill: ['agentId', 'reason', 'outcome', 'durationSeconds'],
});

export const AGENT_KEYS = keysOf('AgentMetrics', {
  recordLlmCall: ['agentId', 'model'],
  recordLlmUsage: ['model', 'inputTokens', 'outputTokens', 'operation', 'provider', 'responseModel'],
  recordError: ['agentId', 'errorType'],
  recordExecution: ['status', 'durationSeconds'],
});

export const APPROVAL_KEYS = keysOf('ApprovalMetrics', {
  ask: ['agentId', 'action', 'policy', 'params', 'verdict', 'expiresAfterSeconds'],
  recordRequested: ['policy', 'verdict'],
  recordAnswered: ['outcome', 'approver', 'waitSeconds'],
});

export const PENDING_APPROVAL_KEYS = keysOf('PendingApproval', {
  answered: ['outcome', 'approver'],
  running: ['action', 'params'],
});

const VERIFICATION = [
  'result',
  'confidence',
  'driftScore',
  'durationSeconds',
  'modelCount',
  'agreeingCount',
  'claimId',
] as const;

/** Of the calls that stand on the handle itself. */
export const CALL_KEYS = keysOf('obs', {
  policyCheck: ['agentId', 'action', 'policy', 'policies', 'classify', 'severity', 'violation', 'request'],
  execute: ['agentId', 'action', 'classify'],
  signal: ['agentId', 'signal', 'reason'],
  violation: ['agentId', 'action', 'policy', 'severity', 'blocked', 'reason', 'rule'],
  verification: VERIFICATION,
});

export const CMVK_KEYS = keysOf('CmvkMetrics', {
  recordVerification: VERIFICATION,
  recordModelResponse: ['model', 'latencySeconds'],
  recordDisagreement: ['modelA', 'modelB'],
  recordVerifierError: ['model', 'errorType'],
});

export const AMB_KEYS = keysOf('AmbMetrics', {
  recordPublished: ['topic', 'priority', 'durationSeconds'],
  recordDelivered: ['topic', 'priority', 'durationSeconds'],
  publish: ['topic', 'priority', 'durationSeconds'],
  deliver: ['topic', 'priority', 'durationSeconds'],
  recordDeliveryFailure: ['topic', 'reason'],
  recordBackpressure: ['topic'],
  recordDeadLetter: ['topic', 'reason'],
});

const MESSAGE = ['topic', 'priority', 'id', 'system', 'carrier', 'getter'] as const;

/** Of the bus on the handle, whose calls have spans. */
export const BUS_KEYS = keysOf('obs.amb', {
  publish: [...MESSAGE, 'setter'],
  process: [...MESSAGE, 'deliveryAttempt', 'maxAttempts', 'expiresAt', 'failure', 'parent'],
});

export const COMPONENT_KEYS = keysOf('ComponentMetrics', {
  recordOperation: ['component', 'operation', 'result'],
  recordFinding: ['component', 'finding'],
  recordTrust: ['agentId', 'score', 'tier', 'identity'],
  recordCredentialAge: ['credential', 'ageSeconds'],
});
