// Every number of the alerts, and of the panels that show where an alert begins. No other file types one.
import { KILL_TIMEOUT_SECONDS } from '../../src/semconv/index.js';
import type { Duration } from './promql/index.js';

/** What an alert compares with, and over which time; `quantile` is the share of the cases that are faster or less. */
export interface Threshold {
  /** How long the condition has to hold. */
  readonly for: Duration;
  /** How long the alert stays when it no longer does, so that one that flaps notifies once. */
  readonly keepFiringFor?: Duration;
  readonly [setting: string]: number | Duration | undefined;
}

/** Shares of events that may be bad, over 30 days. */
export const BUDGETS = {
  /** Requests in violation of a policy. */
  violations: 0.001,
  /** Policy checks that threw. */
  policyErrors: 0.001,
} as const;

/**
 * How many times faster than in 30 days a budget is spent: in an hour 2 % of it, in 6 hours 5 %. The short window has to
 * agree, so that the alert ends soon after the cause; fewer events than the minimum in the long one say nothing.
 */
const FAST = { burn: 14.4, longWindow: '1h', shortWindow: '5m', for: '2m', keepFiringFor: '10m' } as const;
const SLOW = { burn: 6, longWindow: '6h', shortWindow: '30m', for: '15m', keepFiringFor: '30m' } as const;

export const DEFAULT_THRESHOLDS = {
  // Kernel
  AgentOSHighViolationRate: {
    /** Violations per request, as a ratio: `agent_os_violation_rate` is per 1000. */
    ratio: 0.01,
    window: '5m',
    /** One violation among few requests wakes nobody. */
    minimumViolations: 5,
    for: '1m',
    keepFiringFor: '5m',
  },
  AgentOSSIGKILLSpike: { kills: 5, window: '5m', for: '0s', keepFiringFor: '5m' },
  AgentOSKernelCrash: { crashes: 0, window: '10m', for: '0s' },
  AgentOSKernelDown: {
    /** Time between two scrapes of a kernel that is scraped; one that pushes says its own. */
    scrapeSeconds: 15,
    /** How many of its heartbeats a kernel may be late, and how long they may be on their way. */
    heartbeats: 1.5,
    slackSeconds: 5,
    /** One that stays dead is missed for so long. */
    rememberedDays: 3,
    /** One that is expected and has not been heard of for so long is missed, though it said goodbye. */
    expectedWithin: '5m',
    for: '0s',
  },
  /** More than a deployment and a restart or two. Goodbyes are remembered longer than what they explain. */
  AgentOSKernelCrashLoop: { starts: 3, window: '10m', goodbyesWindow: '15m', for: '0s' },
  AgentOSKernelIdle: { window: '20m', for: '0s' },
  AgentOSKernelSkewed: { seconds: 60, for: '1m' },
  AgentOSPolicyErrors: {
    /** As a share of the checks of one policy: far more than a budget allows, and so soon that it need not last. */
    ratio: 0.25,
    window: '1m',
    /** One that threw wakes nobody. */
    minimumErrors: 2,
    countedOver: '1h',
    for: '0s',
    keepFiringFor: '5m',
  },
  AgentOSHighPolicyLatency: { seconds: 0.01, quantile: 0.99, window: '5m', for: '5m', keepFiringFor: '5m' },
  AgentOSExecutionTimeout: {
    seconds: 5,
    quantile: 0.99,
    window: '10m',
    minimumExecutions: 10,
    for: '5m',
    keepFiringFor: '5m',
  },
  AgentOSHighMTTR: { seconds: 60, quantile: 0.5, window: '1h', for: '5m' },
  AgentOSSlowContainment: { seconds: 5, quantile: 0.95, window: '1h', for: '0s' },
  AgentOSKillFailed: { attempts: 0, window: '10m', for: '0s' },
  /** A kernel counts a kill as timed out when it is as old as this, by default. */
  AgentOSKillHung: { seconds: KILL_TIMEOUT_SECONDS, attempts: 0, window: '10m', for: '0s' },
  AgentOSUnblockedViolation: { violations: 0, window: '10m', for: '0s' },
  AgentOSUngovernedActions: { actions: 0, window: '10m', for: '0s' },
  AgentOSAllowedAfterStop: { actions: 0, window: '10m', for: '0s' },
  AgentOSFailOpen: { verdicts: 0, window: '10m', for: '0s' },
  AgentOSAuditBroken: { verifications: 0, window: '10m', for: '0s', keepFiringFor: '1h' },
  AgentOSCredentialsDenied: { denials: 5, window: '10m', for: '0s', keepFiringFor: '10m' },
  AgentOSApprovedActionChanged: { actions: 0, window: '10m', for: '0s' },
  AgentOSVerdictNotUnderstood: { checks: 0, window: '10m', for: '0s' },
  AgentOSViolationBudgetFastBurn: { ...FAST, minimumEvents: 200 },
  AgentOSViolationBudgetSlowBurn: { ...SLOW, minimumEvents: 500 },
  AgentOSPolicyErrorBudgetFastBurn: { ...FAST, minimumEvents: 200 },
  AgentOSPolicyErrorBudgetSlowBurn: { ...SLOW, minimumEvents: 500 },

  // Agents
  AgentCrashLoop: { crashes: 3, window: '10m', for: '0s', keepFiringFor: '10m' },
  AgentHighErrorRate: { ratio: 0.1, window: '10m', minimumErrors: 5, for: '5m', keepFiringFor: '10m' },

  // Cross-model verification
  CMVKLowConsensus: { ratio: 0.8, for: '5m', keepFiringFor: '5m' },
  CMVKHighDrift: { score: 0.25, quantile: 0.95, window: '15m', minimumVerifications: 10, for: '5m' },
  CMVKVerificationSlow: {
    seconds: 10,
    quantile: 0.95,
    window: '15m',
    /** One that was slow among few wakes nobody. */
    minimumVerifications: 10,
    for: '5m',
    keepFiringFor: '5m',
  },
  CMVKHighDisagreementRate: { disagreements: 10, window: '1h', for: '0s' },
  CMVKVerifierDown: {
    ratio: 0.5,
    window: '1m',
    minimumErrors: 3,
    countedOver: '5m',
    for: '0s',
    keepFiringFor: '5m',
  },

  // Message bus
  AMBBrokerDisconnected: {
    /** As long as a process that ends can be taken for one that is there: less than `for`, or each end is an alert. */
    heardWithin: '2m',
    for: '2m',
    keepFiringFor: '2m',
  },
  AMBDeadLetterGrowth: { messages: 10, window: '15m', for: '0s', keepFiringFor: '15m' },
  AMBBackpressure: { activations: 5, window: '10m', for: '0s', keepFiringFor: '10m' },
  AMBHighDeliveryFailureRate: {
    ratio: 0.05,
    window: '10m',
    minimumErrors: 5,
    countedOver: '10m',
    for: '5m',
    keepFiringFor: '5m',
  },
  AMBQueueBacklog: { messages: 1000, for: '45s', keepFiringFor: '5m' },
  AMBWALGrowth: { messages: 1000, window: '15m', for: '15m' },

  // Telemetry
  AgentOSTelemetryDropped: { items: 0, window: '10m', for: '0s' },
  AgentOSCardinalityOverflow: { values: 0, window: '15m', for: '0s' },
  AgentOSClockSkewed: { points: 0, window: '5m', for: '0s', keepFiringFor: '5m' },
  AgentOSSeriesNearLimit: { ratio: 0.8, for: '15m' },
  /** One who tries a few times is no scraper: that comes again each minute at least. */
  AgentOSEndpointRefusing: { requests: 5, window: '10m', for: '5m' },
  OtelCollectorDown: { for: '2m' },
  OtelCollectorQueueFilling: { ratio: 0.8, for: '5m', keepFiringFor: '5m' },
  OtelCollectorDataLost: { items: 0, window: '10m', for: '0s' },
  OtelCollectorRefused: { items: 0, window: '5m', for: '2m', keepFiringFor: '5m' },
  AgentOSScrapeFailing: { for: '5m' },
  AlertmanagerNotificationsFailing: { notifications: 0, window: '15m', for: '0s' },
  Watchdog: { for: '0s' },
} as const satisfies Record<string, Threshold>;

export type AlertName = keyof typeof DEFAULT_THRESHOLDS;
