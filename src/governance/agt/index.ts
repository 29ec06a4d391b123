export { GovernanceInstrumentation } from './governance-instrumentation.js';
export type { GovernanceOptions, RingBreach, ViolationContext } from '../core/governance-state.js';
export type { GovernanceTelemetry } from '../core/telemetry.js';
export type { PolicyEngineOptions } from './policy-engine.js';
export type { ClientOptions } from './client.js';
export type { AdapterOptions } from './framework-adapter.js';
export type { Unwrap } from '../core/installations.js';
export { agentIdOf } from './labels.js';
