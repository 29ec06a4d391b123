export { GovernanceInstrumentation } from './governance-instrumentation.js';
export type { GovernanceOptions, ViolationContext } from './governance-state.js';
export type { GovernanceTelemetry } from './telemetry.js';
export type { PolicyEngineOptions } from './policy-engine.js';
export type { ClientOptions } from './client.js';
export type { AdapterOptions } from './framework-adapter.js';
export type { Unwrap } from './installations.js';
export { agentIdOf } from './agent-id.js';
