import type { RingViolation } from '@microsoft/agent-governance-sdk';
import { SEVERITIES, type Severity } from '../../semconv/values.js';
import type { Clock } from '../../common/clock.js';
import { AgentTracker } from '../core/agent-tracker.js';
import { GovernedRequests } from '../core/governed-request.js';
import { Installations } from '../core/installations.js';
import { Telemetry, type GovernanceTelemetry } from '../core/telemetry.js';

/** What a violation was, for a host that grades it itself. */
export interface ViolationContext {
  readonly agentId: string;
  readonly action: string;
  /** Name of the policy, `execution_ring` for a ring breach, `agent_identity` for a caller's false claim. */
  readonly policy: string;
  readonly ringViolation?: RingViolation | undefined;
}

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
   * Grades violations. One that throws, or answers what is no severity, falls back to the default.
   * @defaultValue `critical` for a breach of ring 0, otherwise `high`
   */
  readonly severityOf?: (violation: ViolationContext) => Severity;
  /**
   * Active agents, and stopped agents, remembered at most. Past it the least recently used one is forgotten: it is no
   * longer counted as active, or a verdict `allow` for it is no longer noticed.
   * @defaultValue 10000
   */
  readonly maxTrackedAgents?: number;
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
  private readonly grade: GovernanceOptions['severityOf'];

  constructor(sources: GovernanceTelemetry, options: GovernanceOptions) {
    const telemetry = new Telemetry(sources, options.captureContent === true, options.clock);
    const { maxTrackedAgents: limit } = options;
    this.telemetry = telemetry;
    this.grade = options.severityOf;
    this.installations = new Installations(telemetry);
    this.tracker = new AgentTracker(isLimit(limit) ? limit : DEFAULT_MAX_TRACKED_AGENTS, {
      agentStarted: () => telemetry.attempt(() => telemetry.kernel.recordAgentStarted()),
      agentStopped: () => telemetry.attempt(() => telemetry.kernel.recordAgentStopped()),
      evicted: (max) =>
        telemetry.warnOnce(
          'governance/evicted',
          `governance: more than ${max} agents are tracked; the least recently used are forgotten. ` +
            'Raise maxTrackedAgents.',
        ),
    });
  }

  severityOf(violation: ViolationContext): Severity {
    const graded = this.telemetry.attempt(() => this.grade?.(violation));
    if (graded !== undefined && SEVERITIES.includes(graded)) return graded;
    return violation.ringViolation && Number(violation.ringViolation.requiredRing) === 0
      ? 'critical'
      : 'high';
  }
}

function isLimit(limit: number | undefined): limit is number {
  return limit !== undefined && limit >= 1;
}
