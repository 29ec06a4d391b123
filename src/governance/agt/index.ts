export { GovernanceInstrumentation } from './governance-instrumentation.js';
export { agentIdOf } from './labels.js';
export type { AdapterOptions } from './framework-adapter.js';
export type { ClientOptions } from './client.js';
export type { PolicyEngineOptions } from './policy-engine.js';
export type { RingEnforcerOptions } from './rings.js';
export type { GovernedCall, GovernedOutcome } from './tool-call.js';
export type { Unwrap } from '../core/installations.js';

// What the constructor takes, and all that this is made of.
export type { GovernanceOptions, RingBreach, ViolationContext } from '../core/governance-state.js';
export type { GovernanceTelemetry } from '../core/telemetry.js';
export type { Clock } from '../../common/clock.js';
export type { Severity } from '../../semconv/values.js';
