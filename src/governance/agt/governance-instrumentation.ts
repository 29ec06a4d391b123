import type {
  AgentIdentity,
  AgentMeshClient,
  AuditLogger,
  GenericFrameworkAdapter,
  KillSwitch,
  LifecycleManager,
  MetricSink,
  PolicyEngine,
  RingEnforcer,
} from '@microsoft/agent-governance-sdk';
import { GovernanceState, type GovernanceOptions } from '../core/governance-state.js';
import type { InstalledKind, Install, Unwrap } from '../core/installations.js';
import { Parts } from '../core/parts.js';
import type { GovernanceTelemetry } from '../core/telemetry.js';
import { installKillSwitch, installLifecycle } from './agent-control.js';
import { installClient, type ClientOptions } from './client.js';
import { clientOf, installAdapter, type AdapterOptions } from './framework-adapter.js';
import { installIdentity } from './identity.js';
import { agentOf } from './labels.js';
import { installPolicyEngine, type PolicyEngineOptions } from './policy-engine.js';
import { installRingEnforcer, type RingEnforcerOptions } from './rings.js';
import { governanceMetricSink, installAuditLogger } from './sdk-reports.js';

/**
 * Instruments instances of `@microsoft/agent-governance-sdk`: what they decide and do becomes the kernel's metrics and
 * spans. The instances keep their behaviour: same results, same exceptions, and nothing recorded can fail a call.
 * Instrumenting an instance twice counts it once; each method gives the function that takes the instrumentation off.
 *
 * Agents are labelled by their id, never by their DID. Arguments, results and traces stay out of all telemetry unless
 * `captureContent` is set.
 *
 * @example
 * ```ts
 * const obs = initObservability({ serviceName: 'agent-os-kernel' });
 * const governance = new GovernanceInstrumentation(obs);
 * const client = AgentMeshClient.create('support-1', { policyRules: [{ action: 'read.*', effect: 'allow' }] });
 * governance.instrumentClient(client);
 * await client.executeWithGovernance('read.file'); // kernel.execute, requests, latency, the policy check inside
 * governance.unwrap();
 * ```
 */
export class GovernanceInstrumentation {
  private readonly state: GovernanceState;

  /**
   * @param telemetry - the handle of `initObservability`, or the parts of one's own; without `tracer` there are no
   * spans, without `agent` errors of agents are not counted
   * @throws TypeError when `kernel` is missing
   */
  constructor(telemetry: GovernanceTelemetry, options: GovernanceOptions = {}) {
    if (typeof telemetry?.kernel !== 'object' || telemetry.kernel === null) {
      throw new TypeError(
        'GovernanceInstrumentation: `kernel` is missing. Pass the handle of initObservability(), or { kernel, agent, tracer }.',
      );
    }
    this.state = new GovernanceState(telemetry, options);
  }

  /** Agents forgotten so far because more than `maxTrackedAgents` were active, or stopped, at once. */
  get evictedAgents(): number {
    return this.state.tracker.evictions;
  }

  /**
   * Each check is a `kernel.policy_check` with its duration in seconds, its decision and what was enforced. A check
   * that throws is an evaluation error; a backend that fails is one too, beside the denial it causes.
   *
   * Outside a request of an instrumented client or adapter, and outside another check, it is a request too, counted with
   * the kernel's latency. What does not let the action run is a violation then, and blocked (`denialsAreViolations`);
   * where a person is to approve, nothing was violated. An agent that asks is active until it has asked nothing for five
   * minutes.
   */
  instrumentPolicyEngine(engine: PolicyEngine, options: PolicyEngineOptions = {}): Unwrap {
    return this.once('engine', engine, (patch) => installPolicyEngine(this.state, engine, options, patch));
  }

  /**
   * Each `executeWithGovernance` is a `kernel.execute`, counted as a request with the kernel's latency in seconds;
   * denials and ring breaches are violations, and blocked. `review` counts as denied, since nobody has approved yet, but
   * is no violation: the policy asked for a person, and nothing was broken. The client's identity, policy engine, rings,
   * lifecycle, kill switch and audit log are instrumented too, once each, and so is another that the host puts in the
   * place of one; unwrapping leaves alone those that were instrumented before.
   */
  instrumentClient(client: AgentMeshClient, options: ClientOptions = {}): Unwrap {
    return this.once('client', client, (patch) => {
      const { policySet } = options; // not spread: whatever a host passed may have any number of members
      const policy = policySet === undefined ? {} : { policySet };
      const did = (): string => client.identity?.did;
      const parts = new Parts(this.state.installations, client, {
        identity: (identity) => this.instrumentIdentity(identity),
        policy: (engine) => this.instrumentPolicyEngine(engine, { ...policy, agentId: did() }),
        ringEnforcer: (enforcer) => this.instrumentRingEnforcer(enforcer, { agentId: did() }),
        lifecycle: (manager) => this.lifecycleOf(manager, did()),
        killSwitch: (killSwitch) => this.instrumentKillSwitch(killSwitch),
        audit: (audit) => this.instrumentAuditLogger(audit),
      });
      installClient(this.state, client, options, patch, () => parts.follow());
      parts.follow();
      patch.whenUndone(() => parts.release());
    });
  }

  /**
   * Each kill that succeeds is a SIGKILL; its span holds the seconds until the agent was contained. A substitute that
   * takes over is the recovery.
   */
  instrumentKillSwitch(killSwitch: KillSwitch): Unwrap {
    return this.once('killSwitch', killSwitch, (patch) => installKillSwitch(this.state, patch));
  }

  /**
   * Suspending and quarantining is a SIGSTOP, activating after it a SIGCONT; activating an agent that was killed is its
   * recovery, with the seconds since the kill. Active agents are counted by identity while they serve, degraded or
   * rotating ones too. What happens to one session of an agent has not happened to another: only a kill by the agent's id,
   * and not by a DID, is one of all its sessions that are known.
   */
  instrumentLifecycle(manager: LifecycleManager): Unwrap {
    return this.lifecycleOf(manager, undefined);
  }

  /**
   * Each invocation is a `kernel.execute` around verdict and handler, timed in seconds from the request to the end of
   * the handler. What a handler throws is an error of the agent and an exception on the span, though `run` resolves.
   * The adapter's client is instrumented too. An invocation begun by hand ends with `complete()`; one of which the host
   * lets go without it is an error `never_completed` of the agent, and not timed.
   */
  instrumentAdapter(adapter: GenericFrameworkAdapter, options: AdapterOptions = {}): Unwrap {
    return this.once('adapter', adapter, (patch) => {
      const whole = {
        get client(): AgentMeshClient | undefined {
          return clientOf(adapter);
        },
      };
      const parts = new Parts(this.state.installations, whole, {
        client: (client) => this.instrumentClient(client),
      });
      installAdapter(this.state, adapter, options, patch, () => parts.follow());
      parts.follow();
      patch.whenUndone(() => parts.release());
    });
  }

  /** Each breach is a violation when it is decided, also one of which no answer of a client tells. */
  instrumentRingEnforcer(enforcer: RingEnforcer, options: RingEnforcerOptions = {}): Unwrap {
    return this.once('ringEnforcer', enforcer, (patch) =>
      installRingEnforcer(this.state, agentOf(options.agentId), patch),
    );
  }

  /** An agent that is allowed something with an identity that is suspended or revoked is allowed it after its stop. */
  instrumentIdentity(identity: AgentIdentity): Unwrap {
    return this.once('identity', identity, (patch) => installIdentity(this.state, identity, patch));
  }

  /** Each entry leaves an event with its hash and decision on the active span. */
  instrumentAuditLogger(audit: AuditLogger): Unwrap {
    return this.once('audit', audit, (patch) => installAuditLogger(this.state, patch));
  }

  /**
   * A sink for `GovernanceMetrics` (which must be enabled to have any), for adapters that are out of reach. Its `record`
   * never throws. It records nothing twice:
   *
   * | event | recorded as |
   * |---|---|
   * | `policy.decision` | decision, request, kernel latency and, for a denial, the violation, as far as that request is not counted by an instrumented adapter, client or policy engine |
   * | `tool.call` | nothing: calls under 1 ms are missing from it and failures are not marked; instrument the adapter |
   * | `trust.score`, `audit.entry`, `trace.capture`, others | nothing: no metric of the contract means the same |
   */
  metricSink(): MetricSink {
    return governanceMetricSink(this.state);
  }

  /** Takes every instrumentation off. Instances get their own methods back; active agents are no longer counted. */
  unwrap(): void {
    this.state.installations.unwrapAll();
    this.state.seen.clear();
  }

  private lifecycleOf(manager: LifecycleManager, did: string | undefined): Unwrap {
    return this.once('lifecycle', manager, (patch) => installLifecycle(this.state, manager, did, patch));
  }

  private once(kind: InstalledKind, target: unknown, install: Install): Unwrap {
    return this.state.installations.once(kind, target, install);
  }
}
