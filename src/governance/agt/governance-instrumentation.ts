import type {
  AgentMeshClient,
  AuditLogger,
  GenericFrameworkAdapter,
  KillSwitch,
  LifecycleManager,
  MetricSink,
  PolicyEngine,
} from '@microsoft/agent-governance-sdk';
import { GovernanceState, type GovernanceOptions } from '../core/governance-state.js';
import type { InstalledKind, Install, InstancePatch, Unwrap } from '../core/installations.js';
import type { GovernanceTelemetry } from '../core/telemetry.js';
import { installLifecycle } from './agent-control.js';
import { installClient, type ClientOptions } from './client.js';
import { clientOf, installAdapter, type AdapterOptions } from './framework-adapter.js';
import { installKillSwitch } from './kill.js';
import { agentIdOf } from './labels.js';
import { installPolicyEngine, type PolicyEngineOptions } from './policy-engine.js';
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
   */
  instrumentPolicyEngine(engine: PolicyEngine, options: PolicyEngineOptions = {}): Unwrap {
    return this.once('engine', engine, (patch) => installPolicyEngine(this.state, engine, options, patch));
  }

  /**
   * Each `executeWithGovernance` is a `kernel.execute`, counted as a request with the kernel's latency in seconds;
   * denials and ring breaches are violations, and blocked. `review` counts as denied, since nobody has approved yet, but
   * is no violation: the policy asked for a person, and nothing was broken. The client's policy engine, lifecycle, kill
   * switch and audit log are instrumented too, once each; unwrapping leaves alone those that were instrumented before.
   */
  instrumentClient(client: AgentMeshClient, options: ClientOptions = {}): Unwrap {
    return this.once('client', client, (patch) => {
      const agentId = agentIdOf(client.identity?.did);
      installClient(this.state, client, options, patch);
      const { policySet } = options; // not spread: whatever a host passed may have any number of members
      const engineOptions = policySet === undefined ? { agentId } : { policySet, agentId };
      this.part(patch, client.policy, (engine) => this.instrumentPolicyEngine(engine, engineOptions));
      this.part(patch, client.lifecycle, (manager) => this.lifecycleOf(manager, agentId));
      this.part(patch, client.killSwitch, (killSwitch) => this.instrumentKillSwitch(killSwitch));
      this.part(patch, client.audit, (audit) => this.instrumentAuditLogger(audit));
    });
  }

  /**
   * Each kill is counted by how it went, and its span and event say so. One that ran a handler or a compensation is a
   * SIGKILL with the seconds until the agent was contained, and a substitute that takes over is the recovery. One that
   * fails, is refused or stops nothing leaves the agent active. One that has not ended after 5 s has timed out: that is
   * its outcome, and the end of its span; when it ends after all, what it stopped is counted, and a second span in the
   * first says when.
   */
  instrumentKillSwitch(killSwitch: KillSwitch): Unwrap {
    return this.once('killSwitch', killSwitch, (patch) => installKillSwitch(this.state, patch));
  }

  /**
   * Suspending and quarantining is a SIGSTOP, activating after it a SIGCONT; activating an agent that was killed is its
   * recovery, with the seconds since the kill. Active agents are counted on entering and leaving `active`.
   */
  instrumentLifecycle(manager: LifecycleManager): Unwrap {
    return this.lifecycleOf(manager, undefined);
  }

  /**
   * Each invocation is a `kernel.execute` around verdict and handler, timed in seconds from the request to the end of
   * the handler. What a handler throws is an error of the agent and an exception on the span, though `run` resolves.
   * The adapter's client is instrumented too. An invocation begun by hand ends with `complete()`; one never completed is
   * not timed, and its span never exported.
   */
  instrumentAdapter(adapter: GenericFrameworkAdapter, options: AdapterOptions = {}): Unwrap {
    return this.once('adapter', adapter, (patch) => {
      installAdapter(this.state, adapter, options, patch);
      this.part(patch, clientOf(adapter), (client) => this.instrumentClient(client));
    });
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
   * | `policy.decision` | the decision, unless a policy engine is instrumented here; request, kernel latency and, for `deny`, the violation, unless a client or adapter is |
   * | `tool.call` | nothing: calls under 1 ms are missing from it and failures are not marked; instrument the adapter |
   * | `trust.score`, `audit.entry`, `trace.capture`, others | nothing: no metric of the contract means the same |
   */
  metricSink(): MetricSink {
    return governanceMetricSink(this.state);
  }

  /** Takes every instrumentation off. Instances get their own methods back; active agents are no longer counted. */
  unwrap(): void {
    this.state.installations.unwrapAll();
  }

  private lifecycleOf(manager: LifecycleManager, agentId: string | undefined): Unwrap {
    return this.once('lifecycle', manager, (patch) => installLifecycle(this.state, manager, agentId, patch));
  }

  private once(kind: InstalledKind, target: unknown, install: Install): Unwrap {
    return this.state.installations.once(kind, target, install);
  }

  /** Instruments a part with the whole; it goes with the whole, unless it was instrumented before. */
  private part<T extends object>(
    whole: InstancePatch,
    part: T | undefined,
    instrument: (part: T) => Unwrap,
  ): void {
    if (part !== undefined && !this.state.installations.has(part)) whole.whenUndone(instrument(part));
  }
}
