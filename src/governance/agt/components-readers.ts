import type { ComponentResult } from '../../semconv/components.js';
import type { MethodSpec, Read } from './components.js';

/** What a method does that has no answer: it is done when it returns. */
export const done: Read = () => 'ok';

/** An answer that is true or false. */
export const flag =
  (yes: ComponentResult, no: ComponentResult): Read =>
  (answer: unknown) =>
    answer === true ? yes : answer === false ? no : 'unknown';

/** The same, where it is a member of the answer. */
export const memberFlag =
  (member: string, yes: ComponentResult, no: ComponentResult): Read =>
  (answer: Readonly<Record<string, unknown>>) =>
    flag(yes, no)(answer[member] as never, undefined as never, [], undefined);

/** A policy's word: only `allow` lets an action run. */
export const word: Read = (answer: unknown) =>
  answer === 'allow' ? 'allowed' : answer === 'deny' || answer === 'review' ? 'denied' : 'unknown';

/** Looks for something: `detected` where there are kinds of it, one for each case. */
export const search =
  <T>(kinds: (answer: T) => readonly unknown[]): Read =>
  (answer: T) => {
    const findings = kinds(answer);
    return findings.length > 0 ? { result: 'detected', findings } : 'ok';
  };

/** A member of an answer that has to be an array. */
export function list(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(value)) throw new TypeError(`an array was expected, got ${typeof value}`);
  return value as Readonly<Record<string, unknown>>[];
}

/** Methods that change something, or fail to, by their operations. */
export const changes = (
  operations: Readonly<Record<string, string>>,
  refuses: MethodSpec['refuses'] = [],
): Readonly<Record<string, MethodSpec>> =>
  Object.fromEntries(
    Object.entries(operations).map(([method, operation]) => [method, { operation, read: done, refuses }]),
  );
