import type { SpanRule } from './rule.js';

const DOTTED = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;

/** Lower-case words under a namespace; what varies is an attribute, never part of the name. */
export const spanName: SpanRule = {
  rule: 'span-name',
  *check(name) {
    if (!DOTTED.test(name)) yield 'a span is named by lower-case words joined by dots';
  },
};
