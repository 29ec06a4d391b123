import { installRedaction, publicMessage, redacted } from '../../src/diagnostics/redaction.js';

let takeBack: (() => void) | undefined;
afterEach(() => takeBack?.());
const withHook = (redact: (text: string) => string): void => {
  takeBack = installRedaction({ exceptions: 'type', redact });
};

/** Made up, in the form of the real ones; in two parts, so that no scanner takes them for real. */
const TOKENS: Readonly<Record<string, string>> = {
  OpenAI: 'sk-' + 'proj-a1B2c3D4e5F6g7H8i9J0',
  'OpenAI of old': 'sk-' + 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8i9J0',
  Anthropic: 'sk-' + 'ant-api03-a1B2c3D4_e5F6g7H8-i9J0',
  Langfuse: 'sk-' + 'lf-01234567-89ab-cdef-0123-456789abcdef',
  Google: 'AIza' + 'SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q',
  'Google OAuth': 'ya29.' + 'a0AfH6SMBx-1234567890abcdefg',
  AWS: 'AKIA' + 'IOSFODNN7EXAMPLE',
  GitHub: 'ghp_' + 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8',
  'GitHub, fine-grained': 'github_pat_' + '11ABCDEFG0a1B2c3D4e5F6_g7H8i9J0',
  GitLab: 'glpat-' + 'a1B2c3D4e5F6g7H8i9J0',
  Slack: 'xoxb-' + '123456789012-123456789012-a1B2c3D4e5F6',
  Stripe: 'sk_' + 'live_a1B2c3D4e5F6g7H8i9J0a1B2',
  SendGrid: 'SG.' + 'a1B2c3D4e5F6g7H8i9J0aa.a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8i9J0a1B',
  Twilio: 'SK' + '0123456789abcdef0123456789abcdef',
  npm: 'npm_' + 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8',
  PyPI: 'pypi-' + 'AgEIcHlwaS5vcmcCJDAwMDAwMDAwLTAwMDAtMDAwMA',
  'Hugging Face': 'hf_' + 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7',
  Groq: 'gsk_' + 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8i9J0',
  DigitalOcean: 'dop_v1_' + '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  Databricks: 'dapi' + '0123456789abcdef0123456789abcdef',
  Grafana: 'glsa_' + 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6_01234567',
  Vault: 'hvs.' + 'CAESIJ0123456789a1B2c3D4e5F6g7H8i9J0',
  Shopify: 'shpat_' + '0123456789abcdef0123456789abcdef',
  Telegram: '123456789:' + 'AAa1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g',
  'a JSON Web Token':
    'eyJ' + 'hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
};

/** How a token stands in what people write. */
const PLACES: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => `Incorrect API key provided: ${token}. You can find yours online.`,
  (token) => `401 for https://api.example.com/v1?x=1&key=${token}`,
  (token) => `{"error":{"message":"bad key","got":"${token}"}}`,
  (token) => `curl -H 'Authorization: Bearer ${token}' failed`,
  (token) => `TOKEN=${token} npm publish`,
];

describe.each(Object.entries(TOKENS))('a token of %s', (_, token) => {
  it.each(PLACES.map((place) => [place('<token>'), place] as const))('is gone from %s', (__, place) => {
    expect(redacted(place(token))).not.toContain(token.slice(8, 20));
    expect(redacted(place(token))).toContain('***');
  });
});

it.each([
  ['https://user:hunter2@host:99/x', 'https://***@host:99/x'],
  ['postgres://app:p%40ss@db/x and redis://:hunter2@cache', 'postgres://***@db/x and redis://***@cache'],
  ['GET https://h/v1?api_key=hunter2&page=3', 'GET https://h/v1?api_key=***&page=3'],
  ['{"password": "hunter 2", "user": "a"}', '{"password": ***, "user": "a"}'],
  ["{ apiKey: 'hunter2' }", '{ apiKey: *** }'],
  ['DB_PASSWORD=hunter2 node x.js', 'DB_PASSWORD=*** node x.js'],
  ['X-Api-Key: hunter2', 'X-Api-Key: ***'],
  ['Authorization: Basic dXNlcjpodW50ZXIy', 'Authorization: Basic ***'],
  ['Set-Cookie: sid=hunter2; Path=/', 'Set-Cookie: ***; Path=/'],
  [
    'DefaultEndpointsProtocol=https;AccountKey=hunter2==;X=1',
    'DefaultEndpointsProtocol=https;AccountKey=***;X=1',
  ],
  ['https://blob/x?sv=1&sig=hunter2%3D', 'https://blob/x?sv=1&sig=***'],
  ['a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb', 'a\n***\nb'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE cut off', '***'],
])('%j is shown as %j', (text, shown) => {
  expect(redacted(text)).toBe(shown);
});

it.each([
  'ENOENT: no such file or directory, open /srv/app/data.json',
  'connect ECONNREFUSED 127.0.0.1:4318',
  'the token was refused',
  'gen_ai_client_token_usage: cannot use the value NaN',
  'token_type: bearer, token-count=12',
  'KernelMetrics.recordSignal: unknown key agent',
  'rule no-secrets-in-logs matched',
  'Cannot read properties of undefined (reading "password")',
  'agent support-1 asked for 3 files at 12:30:45',
  'https://example.com/a@b/c?x=1',
  'trace 4bf92f3577b34da6a3ce929d0e0e4736 of span 00f067aa0ba902b7',
])('%j stays as it is', (text) => {
  expect(redacted(text)).toBe(text);
});

it('a text of a megabyte takes no longer than its first sixteen thousand characters', () => {
  for (const part of [
    'a',
    ' ',
    'sk-',
    'eyJ',
    '-----BEGIN PRIVATE KEY',
    'token=',
    '://',
    '"password" ',
    'bearer ',
  ]) {
    expect(redacted(part.repeat(1_000_000)).length).toBeLessThanOrEqual(16_384);
  }
});

describe('a redaction of the host', () => {
  it('has what ours has left', () => {
    withHook((text) => text.replaceAll('Smith', '[name]'));
    expect(redacted('Smith, password=hunter2')).toBe('[name], password=***');
    expect(publicMessage(new Error('Smith is unknown'))).toBe('[name] is unknown');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('x');
      },
    ],
    ['gives no text', () => undefined as never],
  ])('that %s lets nothing through', (_, redact) => {
    withHook(redact);
    expect(redacted('anything')).toBe('***');
  });

  it('ends with what it was set by', () => {
    withHook(() => 'x');
    takeBack?.();
    expect(redacted('anything')).toBe('anything');
  });
});
