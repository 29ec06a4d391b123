import * as attributes from '../attributes.js';
import type { SpanRule } from './rule.js';

const KNOWN: ReadonlySet<string> = new Set(Object.values(attributes));
/** On every span: who made it, and what failed. */
const COMMON = [attributes.ATTR_KERNEL_COMPONENT, attributes.ATTR_ERROR_TYPE];

/** Spans carry attributes of the contract alone, each listed once. */
export const spanAttributes: SpanRule = {
  rule: 'span-attributes',
  *check(_, { attributes: listed }) {
    for (const attribute of listed) if (!KNOWN.has(attribute)) yield `attribute ${attribute} is not declared`;
    for (const attribute of COMMON)
      if (!listed.includes(attribute)) yield `attribute ${attribute} is missing`;
    if (new Set(listed).size < listed.length) yield 'an attribute is listed twice';
  },
};
