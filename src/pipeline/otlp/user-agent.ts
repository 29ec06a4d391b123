import { SCOPE_NAME, VERSION } from '../../semconv/resource.js';

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
export const USER_AGENT = `OTel-OTLP-Exporter-JavaScript/${VERSION} (${SCOPE_NAME})`;
