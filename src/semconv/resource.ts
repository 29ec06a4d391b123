/** Resource attributes that initObservability sets from its options. */
export const RESOURCE_SERVICE_NAME = 'service.name';
export const RESOURCE_SERVICE_VERSION = 'service.version';
export const RESOURCE_DEPLOYMENT_ENVIRONMENT = 'deployment.environment.name';

/** Instrumentation scope of every meter and tracer of this package. */
export const SCOPE_NAME = 'agent-os-observability';

/** This package's version; a test compares it with package.json. */
export const VERSION = '0.1.0';
