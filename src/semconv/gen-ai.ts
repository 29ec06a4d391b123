import { oneOf, open, type MetricDefinition } from './types.js';
import { TOKEN_TYPES } from './values.js';

/** https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/#metric-gen_aiclienttokenusage */
export const GEN_AI_METRICS = {
  gen_ai_client_token_usage: {
    kind: 'histogram',
    unit: '{token}',
    description: 'Tokens that calls of models took and gave.',
    convention: {
      name: 'gen_ai.client.token.usage',
      attributes: {
        gen_ai_token_type: 'gen_ai.token.type',
        gen_ai_operation_name: 'gen_ai.operation.name',
        gen_ai_provider_name: 'gen_ai.provider.name',
        gen_ai_request_model: 'gen_ai.request.model',
        gen_ai_response_model: 'gen_ai.response.model',
      },
    },
    labels: {
      gen_ai_token_type: oneOf(...TOKEN_TYPES),
      gen_ai_operation_name: open,
      gen_ai_provider_name: open,
      gen_ai_request_model: open,
      gen_ai_response_model: open,
    },
    buckets: [
      1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
    ],
  },
} as const satisfies Record<string, MetricDefinition>;
