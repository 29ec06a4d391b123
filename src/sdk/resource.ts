import type { Attributes } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources';
import type { ResolvedOptions } from '../resolved-options.js';
import {
  RESOURCE_DEPLOYMENT_ENVIRONMENT,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_VERSION,
} from '../semconv/resource.js';

/** SDK defaults, then OTEL_RESOURCE_ATTRIBUTES, then the host's attributes, then the named options. */
export function resourceOf(options: ResolvedOptions): Resource {
  const named: Attributes = { [RESOURCE_SERVICE_NAME]: options.serviceName };
  if (options.serviceVersion !== undefined) named[RESOURCE_SERVICE_VERSION] = options.serviceVersion;
  if (options.environment !== undefined) named[RESOURCE_DEPLOYMENT_ENVIRONMENT] = options.environment;
  return defaultResource()
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(resourceFromAttributes({ ...options.resource, ...named }));
}
