import type { Clock } from '../../common/clock.js';
import { SEVERITIES, type Severity } from '../../semconv/values.js';
import { AgentTracker } from './agent-tracker.js';
import { CountedReports } from './counted-reports.js';
import { GovernedRequests, type GovernedRequest } from './governed-request.js';
import { Installations } from './installations.js';
import { recordNeverCompleted } from './never-completed.js';
import { SeenAgents } from './seen-agents.js';
import { Telemetry, type GovernanceTelemetry } from './telemetry.js';

/** All of it is optional. */
export interface GovernanceOptions {
  /**
   * Puts arguments and results on spans, as JSON cut to 4096 characters. They may hold personal data and secrets.
   * @defaultValue false
   */
  readonly captureContent?: boolean;
  /**
   * Clock of all durations, in milliseconds.
   * @defaultValue performance.now
   */
  readonly clock?: Clock;
  /**
   * Grades violations: a function, or severities by the name of the policy. Where it throws or has none, the `severity`
   * counts that a policy document, or its rule, has beside its other members or in its `metadata`.
   * @defaultValue `critical` for a breach of ring 0, otherwise `high`
   */
  readonly severityOf?: ((violation: ViolationContext) => Severity) | Readonly<Record<string, Severity>>;
  /**
   * Whether a check of a policy engine that is used alone, outside a request of an instrumented client or adapter, is a
   * request, and its denial a violation. `false`: it is a check and no more, for a host that counts the rest itself.
   * @defaultValue true
   */
  readonly denialsAreViolations?: boolean;
  /**
   * Active agents, and stopped agents, remembered at most. Past it the least recently used one is forgotten: it is no
   * longer counted as active, or a verdict `allow` for it is no longer noticed.
   * @defaultValue 10000
   */
  readonly maxTrackedAgents?: number;
}

/** What a violation was, for a host that grades it itself. */
export interface ViolationContext {
  readonly agentId: string;
  readonly action: string;
  /** Name of the policy, `execution_ring` for a ring breach, `agent_identity` for a caller's false claim. */
  readonly policy: string;
  readonly ringViolation?: RingBreach | undefined;
}

/** An action that needs a more privileged execution ring than its agent has. Ring 0 has the most privileges. */
export interface RingBreach {
  readonly action: string;
  readonly agentRing: number;
  readonly requiredRing: number;
  readonly message: string;
}

const DEFAULT_MAX_TRACKED_AGENTS = 10_000;

/** What the wrappers of one GovernanceInstrumentation share. */
export class GovernanceState {
  readonly telemetry: Telemetry;
  readonly tracker: AgentTracker;
  readonly requests = new GovernedRequests();
  readonly installations: Installations;
  /** Results of the SDK that are counted already, wherever they turn up again. */
  readonly counted = new WeakSet<object>();
  /** Invocations that a host completes by hand: when it lets go of one, nobody can. */
  readonly begun = new FinalizationRegistry<GovernedRequest>((request) =>
    recordNeverCompleted(this, request),
  );
  /** What the SDK is about to report and is counted already. */
  readonly reports: CountedReports;
  /** The agents that engines used alone are asked about. */
  readonly seen: SeenAgents;
  readonly denialsAreViolations: boolean;
  /** Checks of engines that run now: on the stack, and waiting for backends. */
  readonly checks = { onStack: 0, pending: 0 };
  private readonly grade: GovernanceOptions['severityOf'];

  constructor(sources: GovernanceTelemetry, options: GovernanceOptions) {
    const telemetry = new Telemetry(sources, options.captureContent === true, options.clock);
    const { maxTrackedAgents } = options;
    const limit = isLimit(maxTrackedAgents) ? maxTrackedAgents : DEFAULT_MAX_TRACKED_AGENTS;
    this.telemetry = telemetry;
    this.grade = options.severityOf;
    this.installations = new Installations(telemetry);
    this.denialsAreViolations = options.denialsAreViolations !== false;
    this.reports = new CountedReports(telemetry.clock);
    this.tracker = new AgentTracker(limit, {
      agentStarted: () => telemetry.attempt(() => telemetry.kernel.recordAgentStarted()),
      agentStopped: () => telemetry.attempt(() => telemetry.kernel.recordAgentStopped()),
      evicted: (max) =>
        telemetry.warnOnce(
          'governance/evicted',
          `governance: more than ${max} agents are tracked; the least recently used are forgotten. ` +
            'Raise maxTrackedAgents.',
        ),
    });
    this.seen = new SeenAgents(this.tracker, limit, telemetry.clock);
  }

  /** @param declared - what the policy itself says */
  severityOf(violation: ViolationContext, declared?: Severity): Severity {
    const { grade } = this;
    const graded = this.telemetry.attempt(() =>
      typeof grade === 'function' ? grade(violation) : named(grade, violation.policy),
    );
    if (isSeverity(graded)) return graded;
    if (declared !== undefined) return declared;
    const { ringViolation } = violation;
    return ringViolation && Number(ringViolation.requiredRing) === 0 ? 'critical' : 'high';
  }
}

export function isSeverity(value: unknown): value is Severity {
  return SEVERITIES.includes(value as Severity);
}

function named(severities: Readonly<Record<string, Severity>> | undefined, policy: string): unknown {
  return severities !== undefined && Object.hasOwn(severities, policy) ? severities[policy] : undefined;
}

function isLimit(limit: number | undefined): limit is number {
  return limit !== undefined && limit >= 1;
}
