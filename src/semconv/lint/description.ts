import type { Rule } from './rule.js';

/** The help text that operators read; on one line, as the text format has it. */
export const description: Rule<{ readonly description: string }> = {
  rule: 'description',
  *check(_, { description: text }) {
    if (text.trim() === '') yield 'a description is missing';
    else if (!text.endsWith('.')) yield 'a description ends with a full stop';
    if (text !== text.trim() || /[\r\n]/.test(text))
      yield 'a description is one line without blanks around it';
  },
};
