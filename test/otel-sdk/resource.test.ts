import {
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import {
  RESOURCE_DEPLOYMENT_ENVIRONMENT,
  RESOURCE_SERVICE_NAME,
  RESOURCE_SERVICE_VERSION,
} from '../../src/semconv/index.js';

describe('resource attributes', () => {
  it('are named in the registry as in the semantic conventions', () => {
    expect([RESOURCE_SERVICE_NAME, RESOURCE_SERVICE_VERSION, RESOURCE_DEPLOYMENT_ENVIRONMENT]).toEqual([
      ATTR_SERVICE_NAME,
      ATTR_SERVICE_VERSION,
      ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
    ]);
  });
});
