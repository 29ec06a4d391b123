/** Resource attributes that initObservability sets from its options. */
export const RESOURCE_SERVICE_NAME = 'service.name';
export const RESOURCE_SERVICE_VERSION = 'service.version';
export const RESOURCE_DEPLOYMENT_ENVIRONMENT = 'deployment.environment.name';

/** Tells the series of two processes apart: new at each start, unless the host sets it. */
export const RESOURCE_SERVICE_INSTANCE_ID = 'service.instance.id';
/**
 * Which kernel this is, also after a restart: the host's own instance id, or else the service with its namespace, and the
 * pod or host that it runs on.
 */
export const RESOURCE_KERNEL_ID = 'agent_os.kernel.id';
/** On metrics that are both served on a page and pushed: who gets both counts what is pushed, and leaves the page out. */
export const RESOURCE_METRICS_PUSHED = 'agent_os.metrics.pushed';
/** What the kernel's id is made of, besides the service. */
export const RESOURCE_SERVICE_NAMESPACE = 'service.namespace';
export const RESOURCE_HOST_NAME = 'host.name';
export const RESOURCE_POD_NAME = 'k8s.pod.name';

/** Resource attributes that are found out: no path, no argument and no user, which can hold secrets. */
export const RESOURCE_HOST_ARCH = 'host.arch';
export const RESOURCE_OS_TYPE = 'os.type';
export const RESOURCE_PROCESS_PID = 'process.pid';
export const RESOURCE_PROCESS_EXECUTABLE = 'process.executable.name';
export const RESOURCE_RUNTIME_NAME = 'process.runtime.name';
export const RESOURCE_RUNTIME_VERSION = 'process.runtime.version';

/** Resource attributes of whoever makes the telemetry. */
export const RESOURCE_SDK_LANGUAGE = 'telemetry.sdk.language';
export const RESOURCE_SDK_NAME = 'telemetry.sdk.name';
export const RESOURCE_SDK_VERSION = 'telemetry.sdk.version';

/** Instrumentation scope of every meter and tracer of this package. */
export const SCOPE_NAME = 'agent-os-observability';

/** This package's version; a test compares it with package.json. */
export const VERSION = '0.1.0';
