// The redaction processor of the base, as far as its lists decide: what becomes of an attribute.
import { merged } from './collector-files.js';

interface Rules {
  readonly ignored_keys?: readonly string[];
  readonly ignored_key_patterns?: readonly string[];
  readonly allowed_values?: readonly string[];
  readonly blocked_key_patterns: readonly string[];
  readonly blocked_values: readonly string[];
  /** Of a transform. */
  readonly trace_statements?: readonly { readonly statements: readonly string[] }[];
}

const processors = merged('base').processors as Record<string, Rules>;

/** A pattern of Go as one of JavaScript. */
export function pattern(go: string): RegExp {
  const text = go.replace(/^\$\{env:\w+:-(.*)\}$/, '$1').replace('(?s:.*?)', '[\\s\\S]*?');
  return text.startsWith('(?i)') ? new RegExp(text.slice(4), 'i') : new RegExp(text);
}

/** `kept`, `masked` (the whole value), or the value with what looks like a secret masked. */
export function redact(key: string, value: string, processor = 'redaction'): string {
  const rules = processors[processor]!;
  const any = (patterns: readonly string[] = [], text: string) => patterns.some((p) => pattern(p).test(text));
  if (rules.ignored_keys?.includes(key) === true || any(rules.ignored_key_patterns, key)) return 'kept';
  if (any(rules.allowed_values, value)) return 'kept';
  if (any(rules.blocked_key_patterns, key)) return 'masked';
  const masked = mask(value, rules.blocked_values);
  return masked === value ? 'kept' : masked;
}

function mask(value: string, patterns: readonly string[]): string {
  return patterns.reduce((text, go) => {
    const { source, flags } = pattern(go);
    return text.replace(new RegExp(source, `g${flags}`), '****');
  }, value);
}

/** A span's status message after the base's transform. */
export function redactStatus(message: string): string {
  const statements = processors['transform/status']!.trace_statements![0]!.statements;
  const patterns = statements.map(
    (statement) =>
      JSON.parse(
        /^replace_pattern\(span\.status\.message, (".*"), "\*{4}"\)$/.exec(statement)![1]!,
      ) as string,
  );
  return mask(message, patterns);
}

export const IGNORED_KEYS: readonly string[] = processors['redaction']!.ignored_keys!;
