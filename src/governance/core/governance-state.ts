import type { Clock } from '../../common/clock.js';
import { SEVERITIES, type Severity } from '../../semconv/values.js';
import { AgentTracker } from './agent-state.js';
import { GovernedRequests } from './governed-request.js';
import { Installations } from './installations.js';
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
   * Grades violations. Where it throws, or returns something that is no severity, the default is used.
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
    const { ringViolation } = violation;
    return ringViolation && Number(ringViolation.requiredRing) === 0 ? 'critical' : 'high';
  }
}

function isLimit(limit: number | undefined): limit is number {
  return limit !== undefined && limit >= 1;
}
