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
import type { Install, Unwrap } from '../core/installations.js';
import { Parts } from '../core/parts.js';
import type { GovernanceTelemetry } from '../core/telemetry.js';
import { installLifecycle } from './agent-control.js';
import { installClient, type ClientOptions } from './client.js';
import { ComponentCalls } from './components.js';
import { componentOf, specOf, type OwnKind } from './coverage.js';
import { clientOf, installAdapter, type AdapterOptions } from './framework-adapter.js';
import { installIdentity } from './identity.js';
import { installKillSwitch } from './kill.js';
import { agentOf } from './labels.js';
import { installPolicyEngine, type PolicyEngineOptions } from './policy-engine.js';
import { installRingEnforcer, type RingEnforcerOptions } from './rings.js';
import { SdkClasses } from './sdk-classes.js';
import { governanceMetricSink, installAuditLogger } from './sdk-reports.js';
import { governedCall, toolCall, type GovernedCall, type GovernedOutcome } from './tool-call.js';

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
  private readonly calls: ComponentCalls;
  private readonly classes: SdkClasses;

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
    this.calls = new ComponentCalls(this.state.telemetry);
    this.classes = new SdkClasses(this.state, this.calls, (kind, instance) => this.ownOf(kind, instance));
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
   * minutes. Inside of `obs.policyCheck` it is that check which counts; inside of `obs.execute` the request is that one.
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

  /**
   * Asks the client whether an action is allowed, and runs the tool where it is: one `kernel.execute` around both, timed in
   * seconds to the end of the tool. `executeWithGovernance` alone decides and runs nothing: how the tool ends, nobody sees.
   * A denied tool is not run. What the client or the tool throws is thrown.
   *
   */
  governedCall<T>(
    client: AgentMeshClient,
    call: GovernedCall,
    run: () => T | PromiseLike<T>,
  ): Promise<GovernedOutcome<T>> {
    return governedCall(this.state, client, call, run);
  }

  /**
   * Runs a tool on which the host has a verdict already: timed in a `kernel.execute`, an error where it throws. It gives
   * and throws what the tool does.
   */
  toolCall<T>(call: { readonly agentId: string; readonly action: string }, run: () => T): T {
    return toolCall(this.state, call, run);
  }

  /** Each entry leaves an event with its hash and decision on the active span. */
  instrumentAuditLogger(audit: AuditLogger): Unwrap {
    return this.once('audit', audit, (patch) => installAuditLogger(this.state, patch));
  }

  /**
   * Any other part of the SDK: vault, injector, rings, scanners, breakers, trust, budgets, verifiers, sandbox, mesh. Its
   * operations are counted by how they ended, and what it finds by its kind. docs/governance-coverage.md lists them.
   *
   * @param className - the SDK's name of its class, where a bundler has changed it
   */
  instrumentComponent(component: object, className?: string): Unwrap {
    const { installations, telemetry } = this.state;
    const row = telemetry.attempt(() => componentOf(component, className));
    if (row !== undefined && 'own' in row) return this.ownOf(row.own, component);
    return installations.once('component', component, (patch) => {
      if (row === undefined) return this.notKnown(component);
      const { spec } = row;
      this.calls.install(spec, patch);
      const instrument = (part: object): Unwrap => this.instrumentComponent(part);
      const ways = Object.fromEntries((spec.parts ?? []).map((name) => [name, instrument]));
      const parts = new Parts(installations, component as Record<string, object>, ways);
      parts.follow();
      patch.whenUndone(() => parts.release());
    });
  }

  /**
   * Every class of the SDK, once at start-up: all instances are seen, those made before and those made later, and none of
   * them is changed. One that needs options is instrumented by itself before its first call. Nothing is counted twice.
   *
   * @example
   * ```ts
   * import * as sdk from '@microsoft/agent-governance-sdk';
   *
   * new GovernanceInstrumentation(obs).instrumentSdk(sdk);
   * ```
   *
   * @param sdk - all that the package exports
   */
  instrumentSdk(sdk: object): Unwrap {
    return this.classes.install(sdk as Readonly<Record<string, unknown>>);
  }

  /**
   * A sink for `GovernanceMetrics` (which must be enabled to have any), for adapters that are out of reach. Its `record`
   * never throws. It records nothing twice:
   *
   * | event | recorded as |
   * |---|---|
   * | `policy.decision` | decision, request, kernel latency and, for a denial, the violation, as far as that request is not counted by an instrumented adapter, client or policy engine |
   * | `tool.call` | nothing: calls under 1 ms are missing from it and failures are not marked; instrument the adapter |
   * | `trust.score` | the trust in that agent |
   * | `audit.entry`, `trace.capture`, others | nothing: no metric of the contract means the same |
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

  private once(kind: OwnKind, target: unknown, install: Install): Unwrap {
    const whole: Install = (patch) => {
      const release = install(patch);
      const spec = specOf(kind);
      if (spec !== undefined) this.calls.install(spec, patch);
      return release;
    };
    return this.state.installations.once(kind, target, whole, this.classes.patchOf);
  }

  /** Instruments an instance of a class that has an instrumentation of its own. */
  private ownOf(kind: OwnKind, instance: object): Unwrap {
    const of: Readonly<Record<OwnKind, (instance: never) => Unwrap>> = {
      engine: (engine) => this.instrumentPolicyEngine(engine),
      client: (client) => this.instrumentClient(client),
      killSwitch: (killSwitch) => this.instrumentKillSwitch(killSwitch),
      lifecycle: (manager) => this.instrumentLifecycle(manager),
      adapter: (adapter) => this.instrumentAdapter(adapter),
      audit: (audit) => this.instrumentAuditLogger(audit),
      identity: (identity) => this.instrumentIdentity(identity),
      ringEnforcer: (enforcer) => this.instrumentRingEnforcer(enforcer),
    };
    return of[kind](instance as never);
  }

  private notKnown(component: object): void {
    const name = String((component as { constructor?: { name?: unknown } }).constructor?.name);
    this.state.telemetry.warnOnce(
      `governance/component/${name}`,
      `governance: ${name} is none of the SDK's parts that instrumentComponent knows. Pass the name of its class.`,
    );
  }
}
