/** Tokens that say by their beginning whose they are. Each ends where a character comes that it cannot have. */
const TOKENS: readonly string[] = [
  String.raw`sk-(?:proj-|svcacct-|admin-|ant-|or-|lf-)?[\w-]{16,}`, // OpenAI, Anthropic, OpenRouter, Langfuse
  String.raw`(?:gsk_|xai-|pplx-|hf_|r8_|nvapi-|fw_|jina_|tvly-)[\w-]{16,}`, // Groq, xAI, Perplexity, Hugging Face, …
  String.raw`AIza[\w-]{30,}|ya29\.[\w-]{16,}|GOCSPX-[\w-]{16,}`, // Google
  String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z\d]{16}`, // AWS
  String.raw`gh[pousr]_[A-Za-z\d]{20,}|github_pat_\w{20,}`, // GitHub
  String.raw`gl(?:pat|ptt|rt|dt|soat)-[\w-]{16,}`, // GitLab
  String.raw`xox[abeoprs]-[\w-]{10,}|xapp-[\w-]{10,}`, // Slack
  String.raw`(?:sk|rk|pk|whsec)_(?:live|test)?_?[A-Za-z\d]{16,}`, // Stripe
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`, // SendGrid
  String.raw`(?:AC|SK)[a-f\d]{32}`, // Twilio
  String.raw`npm_[A-Za-z\d]{30,}|pypi-[\w-]{30,}`, // npm, PyPI
  String.raw`(?:dop|doo|dor)_v1_[a-f\d]{32,}`, // DigitalOcean
  String.raw`dapi[a-f\d]{32}|dckr_pat_[\w-]{16,}`, // Databricks, Docker
  String.raw`gl(?:c|sa)_[\w=-]{20,}`, // Grafana
  String.raw`hv[sb]\.[\w-]{20,}`, // Vault
  String.raw`shp(?:at|ca|pa|ss)_[a-fA-F\d]{20,}`, // Shopify
  String.raw`\d{8,10}:[\w-]{35}`, // Telegram
  String.raw`eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?`, // a JSON Web Token
];

/** What counts or names tokens and holds none, as `gen_ai_client_token_usage` or `token_type`. */
const NO_TOKEN = '[-_](?:usage|count|type)(?![a-z\\d])';

/** Names whose value is a secret, as in `api_key=…`, `"password": "…"`, `--token …` or `X-Api-Key: …`. */
const NAMES =
  'api[-_]?key|access[-_]?key|account[-_]?key|private[-_]?key|password|passwd|passphrase|pwd|secret|' +
  `token(?!${NO_TOKEN})|` +
  'authorization|credentials?|cookie|session[-_]?id|signature|\\bsig\\b';

/** What looks like a credential, and what to keep of it. Each takes time in proportion to the text, whatever is in it. */
export const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]{0,8192}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/g, '***'],
  [/(:\/\/)[^\s/@?#]{1,512}@/g, '$1***@'],
  [/\b(bearer|basic|digest|negotiate)\s+[\w.~+/=-]{4,}/gi, '$1 ***'],
  [
    new RegExp(
      String.raw`((?:${NAMES})[\w-]{0,40}["']?(?:\s*[=:]\s*|\s+(?=["']))(?:(?:bearer|basic)\s+)?)("[^"]*"|'[^']*'|[^\s,;&"']+)`,
      'gi',
    ),
    '$1***',
  ],
  [new RegExp(String.raw`(?<![\w-])(?:${TOKENS.join('|')})`, 'g'), '***'],
];
