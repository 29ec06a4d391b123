import type { Attributes } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import {
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';

/** Who the telemetry is of. */
export interface Identity {
  readonly serviceName: string;
  readonly serviceVersion?: string | undefined;
  readonly environment?: string | undefined;
  readonly resource?: Attributes | undefined;
}

/** SDK defaults, then OTEL_RESOURCE_ATTRIBUTES, then the host's attributes, then the named options. */
export function resourceOf(options: Identity): Resource {
  const named: Attributes = { [ATTR_SERVICE_NAME]: options.serviceName };
  if (options.serviceVersion !== undefined) named[ATTR_SERVICE_VERSION] = options.serviceVersion;
  if (options.environment !== undefined) named[ATTR_DEPLOYMENT_ENVIRONMENT_NAME] = options.environment;
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(resourceFromAttributes({ ...options.resource, ...named }));
}
