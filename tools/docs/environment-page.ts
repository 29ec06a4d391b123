import { ENVIRONMENT } from '../../src/options/environment.js';
import type { GeneratedFile } from '../generated-files.js';
import { code, page, table } from './markdown.js';

/** docs/environment.md: every environment variable that has an effect. */
export function environmentPage(): GeneratedFile {
  return page(
    'docs/environment.md',
    '# Environment variables',
    'Explicit [options](options.md) win over the environment, the environment over defaults. A value that cannot be ' +
      'used costs one warning, and the default stays. With `pipeline: "otel-sdk"` the official exporters and the official ' +
      'trace SDK read theirs themselves.',
    table(
      ['Variable', 'Accepts', 'Effect'],
      ENVIRONMENT.map(({ name, accepts, effect }) => [code(name), accepts, effect]),
    ),
  );
}
