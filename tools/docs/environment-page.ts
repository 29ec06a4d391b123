import { ENVIRONMENT } from '../../src/options/environment.js';
import { code, page, table, type Page } from './markdown.js';

/** docs/environment.md: every environment variable that has an effect. */
export function environmentPage(): Page {
  return page(
    'docs/environment.md',
    '# Environment variables',
    'Explicit [options](options.md) win over the environment, the environment over defaults. A value that cannot be ' +
      'used costs one warning, and the default stays.',
    table(
      ['Variable', 'Accepts', 'Effect', 'Read by'],
      ENVIRONMENT.map(({ name, accepts, effect, readBy }) => [code(name), accepts, effect, readBy]),
    ),
  );
}
