import {
  ALLOW,
  DENY,
  DOUBTFUL,
  FAILED,
  TIMED_OUT,
  UNKNOWN_VERDICT,
  verdict,
  type ReadVerdict,
} from './verdict-words.js';
import { membersOf } from './verdict-members.js';
import type { Provenance } from '../semconv/values.js';

// How verdicts that one answer has in it come to one.

/** Of two, the one that counts for both; undefined where neither says anything. */
export function worse(one: ReadVerdict | undefined, other: ReadVerdict | undefined): ReadVerdict | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return badness(other) > badness(one) ? other : one;
}

function badness(one: ReadVerdict): number {
  const { enforced, provenance } = one;
  if (one === UNKNOWN_VERDICT) return 2;
  const madeUp = provenance === 'evaluated' || provenance === 'unknown' ? 0 : 1;
  return (enforced === 'denied' ? 8 : enforced === 'unknown' ? 4 : 0) + madeUp;
}

/** It where it refuses, and only then. */
export function refusal(said: ReadVerdict | undefined): ReadVerdict | undefined {
  return said?.enforced === 'denied' ? said : undefined;
}

/** An answer in an answer that allows must not say otherwise; where it says nothing, it is of something else. */
export function alsoWithin(said: ReadVerdict, inner: ReadVerdict): ReadVerdict {
  if (inner.enforced === 'allowed' || inner === UNKNOWN_VERDICT) return said;
  if (inner === FAILED) return madeUp('backend_error');
  if (inner === TIMED_OUT) return madeUp('timeout');
  return inner.provenance === 'unknown' || inner.enforced === 'denied' ? DOUBTFUL : inner;
}

/** It may be allowed, but no evaluation says so. */
export function madeUp(provenance: 'backend_error' | 'timeout'): ReadVerdict {
  return verdict('unknown', 'unknown', provenance);
}

export function came(said: ReadVerdict, provenance: Provenance): ReadVerdict {
  return said.provenance === provenance ? said : verdict(said.decision, said.enforced, provenance);
}

/** A flag and a word say one thing, or it is denied, or nobody knows. The word may say more. */
export function agreed(flag: boolean, word: ReadVerdict | undefined): ReadVerdict {
  const plain = flag ? ALLOW : DENY;
  if (word === undefined || word.enforced === 'unknown') return plain;
  if (word.enforced === plain.enforced) return word;
  if (flag) return DOUBTFUL;
  return word.decision === 'allow' ? DENY : verdict(word.decision, 'denied', 'evaluated'); // as a rule that warns and stops
}

/** Members of a form that are looked at. */
const MAX_MEMBERS = 100;

/**
 * What is said by a form that was sent, which outweighs that it was. It denies where anything in it does, and allows where it
 * says so as an answer does, or all that is in it does. A form with nothing in it says no more than that it was sent.
 */
export function withForm(
  sent: ReadVerdict | undefined,
  form: unknown,
  read: (part: unknown) => ReadVerdict | undefined,
): ReadVerdict | undefined {
  const members = typeof form === 'object' && form !== null ? [...membersOf(form)] : [];
  if (members.length > MAX_MEMBERS) return refusal(sent) ?? DOUBTFUL;
  const whole = read(form);
  const parts = members.map((member) => read((form as Readonly<Record<string, unknown>>)[member]));
  const denial = [sent, whole, ...parts].find(refusal);
  if (denial !== undefined || members.length === 0) return denial ?? sent;
  const allows = whole?.enforced === 'allowed' || parts.every((part) => part?.enforced === 'allowed');
  return allows ? ALLOW : UNKNOWN_VERDICT;
}
