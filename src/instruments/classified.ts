import { ENFORCEMENTS, type Enforcement } from '../semconv/values.js';
import { verdict, type ReadVerdict } from './verdict-words.js';
import { verdictOf } from './verdict.js';

/** Turns what a policy check returned into what was enforced. */
export type Classify<T> = (value: T) => Enforcement;

/** What is read of an answer, or the host's own reading; undefined where that throws or answers something else. */
export function classified<T>(
  value: T,
  options?: { readonly classify?: Classify<T> | undefined },
): Enforcement | undefined {
  return classifiedVerdict(value, options)?.enforced;
}

const OWN_DECISIONS = { allowed: 'allow', denied: 'deny', unknown: 'unknown' } as const;

/** The same, with what was decided and how the verdict came about, which the answer says also where the host reads it. */
export function classifiedVerdict<T>(
  value: T,
  options?: { readonly classify?: Classify<T> | undefined },
): ReadVerdict | undefined {
  const classify = options?.classify;
  const said = verdictOf(value);
  if (!classify) return said;
  try {
    const answer: unknown = classify(value);
    const enforced = ENFORCEMENTS.find((enforcement) => enforcement === answer);
    if (enforced === undefined) return undefined;
    const provenance = said.provenance === 'unknown' ? 'evaluated' : said.provenance;
    return verdict(OWN_DECISIONS[enforced], enforced, provenance);
  } catch {
    return undefined;
  }
}

/** What an answer looks like, and nothing of what it says. Never throws. */
export function shapeOf(value: unknown): string {
  try {
    if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
    if (Array.isArray(value)) return `a list of ${value.length}`;
    if (value instanceof Map) return `a Map of ${value.size}`;
    const names = Object.keys(value);
    const members = names.slice(0, 6).map((name) => {
      const member = (value as Record<string, unknown>)[name];
      return `${/^[\w$]{1,30}$/.test(name) ? name : '…'}: ${member === null ? 'null' : typeof member}`;
    });
    return `{ ${[...members, ...(names.length > 6 ? ['…'] : [])].join(', ')} }`;
  } catch {
    return 'an object that cannot be read';
  }
}
