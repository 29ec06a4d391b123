import * as attributes from '../../src/semconv/attributes.js';
import { METRICS } from '../../src/semconv/index.js';
import { IGNORED_KEYS, redact, redactStatus } from './redaction-rules.js';

const { ATTR_CONTENT_INPUT, ATTR_CONTENT_OUTPUT, ATTR_REASON } = attributes;

/** Keys of content, as the conventions of OpenTelemetry and the SDKs for language models have them. */
const CONTENT = [
  ATTR_CONTENT_INPUT,
  ATTR_CONTENT_OUTPUT,
  'gen_ai.prompt',
  'gen_ai.prompt.0.content',
  'gen_ai.completion',
  'gen_ai.completion.0.content',
  'gen_ai.content.prompt',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.system_instructions',
  'gen_ai.tool.definitions',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'gen_ai.retrieval.query.text',
  'gen_ai.retrieval.documents',
  'input.value',
  'output.value',
  'llm.input_messages.0.message.content',
  'llm.prompts',
  'llm.prompt_template.variables',
  'llm.invocation_parameters',
  'tool_call.function.arguments',
  'tool.parameters',
  'retrieval.documents.0.document.content',
  'embedding.text',
  'traceloop.entity.input',
  'traceloop.entity.output',
  'ai.prompt.messages',
  'ai.response.text',
  'ai.response.toolCalls',
  'ai.toolCall.args',
  'ai.toolCall.result',
  'mcp.tool.arguments',
  'mcp.tool.result',
  'http.request.body',
  'http.response.body',
  'message.content',
  'messages',
  'systemPrompt',
  'toolInput',
  'user.question',
  'tool_args',
  'args',
  'result',
  'db.statement',
  'db.query.text',
  'graphql.document',
  'process.command_args',
  'process.command_line',
];

const SECRETS = [
  'authorization',
  'Authorization',
  'http.request.header.authorization',
  'http.request.header.proxy-authorization',
  'http.request.header.cookie',
  'http.response.header.set-cookie',
  'http.request.header.x-api-key',
  'token',
  'access_token',
  'accessToken',
  'auth.token',
  'refresh_token',
  'auth.tokens',
  'session.token',
  'X-Auth-Token',
  'api_key',
  'apiKey',
  'aws.secret_access_key',
  'client_secret',
  'password',
  'DB_PASSWORD',
  'user.passwd',
  'private_key',
  'credentials',
  'jwt',
  'connection_string',
];

const KEPT = [
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.prompt_tokens',
  'gen_ai.usage.completion_tokens',
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.anything',
  'gen_ai.token.type',
  'gen_ai.request.max_tokens',
  'gen_ai.request.model',
  'gen_ai.response.model',
  'gen_ai.response.id',
  'gen_ai.response.finish_reasons',
  'gen_ai.operation.name',
  'gen_ai.provider.name',
  'gen_ai.system',
  'gen_ai.tool.name',
  'gen_ai.tool.call.id',
  'gen_ai.conversation.id',
  'gen_ai.agent.id',
  'gen_ai.output.type',
  'gen_ai.prompt.name',
  'llm.token_count.prompt',
  'llm.token_count.completion',
  'llm.model_name',
  'ai.usage.promptTokens',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'token_budget',
  'http.request.method',
  'http.route',
  'http.response.status_code',
  'http.request.body.size',
  'http.response.body.size',
  'http.request.header.content-type',
  'url.path',
  'server.address',
  'messaging.message.id',
  'messaging.message.body.size',
  'messaging.destination.name',
  'db.system.name',
  'db.query.summary',
  'rpc.method',
  'exception.type',
  'exception.message',
  'exception.stacktrace',
  'error.type',
  'session.id',
  'code.function.name',
  'service.name',
  'deployment.environment.name',
];

const contract = Object.entries(attributes)
  .filter(([name]) => name.startsWith('ATTR_'))
  .map(([, key]) => key);
const open = [ATTR_REASON, ATTR_CONTENT_INPUT, ATTR_CONTENT_OUTPUT];

describe('redaction of spans', () => {
  it.each(CONTENT)('masks the content of %s', (key) => expect(redact(key, 'anything')).toBe('masked'));
  it.each(SECRETS)('masks the secret of %s', (key) => expect(redact(key, 'anything')).toBe('masked'));
  it.each(KEPT)('keeps %s', (key) => expect(redact(key, 'anything')).toBe('kept'));

  it.each(contract.filter((key) => !open.includes(key)))('does not look at %s, of the contract', (key) => {
    expect(IGNORED_KEYS).toContain(key);
  });

  it('keeps reasons, which are free text, but for a secret in them', () => {
    expect(redact(ATTR_REASON, 'tool is not on the list')).toBe('kept');
    expect(redact(ATTR_REASON, 'sent Bearer abcdefghijklmnopqrstuvw away')).toBe('sent **** away');
    expect(IGNORED_KEYS).not.toContain(ATTR_REASON);
  });

  it('keeps an outcome where content could be', () => {
    expect(redact('check.result', 'allowed')).toBe('kept');
    expect(redact('check.result', 'allowed to read the file')).toBe('masked');
  });
});

const SECRET_VALUES: [string, string, string][] = [
  ['a bearer token', 'got Bearer abcdef.GHIJKL-mnop_qrst now', 'got **** now'],
  ['basic credentials', 'Basic dXNlcjpwYXNzd29yZDEyMw==', '****'],
  ['a JWT', 'jwt eyJhbGciOiJI.eyJzdWIiOiIx.sig-1 end', 'jwt **** end'],
  ['an API key', 'use sk-proj-abcdefghijklmnopqrstuv', 'use ****'],
  ['a live key', 'sk_live_abcdefghijklmnopqrstuv', '****'],
  ['a GitHub token', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789', '****'],
  ['a fine-grained GitHub token', 'github_pat_abcdefghijklmnopqrstuvwxyz', '****'],
  ['a GitLab token', 'glpat-abcdefghijklmnopqrst', '****'],
  ['a Slack token', 'xoxb-1234567890-abcdef', '****'],
  ['an AWS key', 'key AKIAABCDEFGHIJKLMNOP', 'key ****'],
  ['a Google key', `AIza${'a'.repeat(35)}`, '****'],
  ['a private key', 'x -----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY----- y', 'x **** y'],
  ['a password in an address', 'postgres://user:pw@db/x', 'postgres****db/x'],
  ['a token in an address', 'GET /a?access_token=abc&b=1', 'GET /a?access_****&b=1'],
  ['a password in a connection string', 'Server=a;Password=hunter2;Db=b', 'Server=a;****;Db=b'],
  ['a secret in JSON', '{"client_secret": "abc", "n": 1}', '{"client_****", "n": 1}'],
  ['an API key in JSON', '{"apiKey":"abc"}', '{"****"}'],
];

describe('redaction of values', () => {
  it.each(SECRET_VALUES)('masks %s under any key', (_, value, masked) => {
    expect(redact('note', value)).toBe(masked);
    expect(redact('note', value, 'redaction/metrics')).toBe(masked);
  });

  it.each(SECRET_VALUES)("masks %s in a span's status", (_, value, masked) => {
    expect(redactStatus(value)).toBe(masked);
  });

  it.each([
    'task-0123456789abcdef0123456789abcdef',
    'a basic explanation',
    'https://example.com/a?b=c',
    'bearer of bad news',
    'the token is missing',
    '{"max_tokens": 5}',
    'desk_abcdefghijklmnopqrstuvwxyz',
  ])('keeps %s', (value) => expect([value, redact('note', value)]).toEqual([value, 'kept']));
});

describe('redaction of metrics', () => {
  const labels = [...new Set(Object.values(METRICS).flatMap((metric) => Object.keys(metric.labels)))];

  it.each(labels)('keeps the label %s', (label) => {
    expect(redact(label, 'anything', 'redaction/metrics')).toBe('kept');
  });

  it('keeps labels that only look like content, and masks credentials', () => {
    expect(redact('gen_ai.token.type', 'input', 'redaction/metrics')).toBe('kept');
    expect(redact('result', 'allowed by hand', 'redaction/metrics')).toBe('kept');
    expect(redact('authorization', 'anything', 'redaction/metrics')).toBe('masked');
  });
});
