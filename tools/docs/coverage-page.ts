import { COVERAGE, type Coverage } from '../../src/governance/agt/coverage.js';
import { COMPONENT_RESULTS } from '../../src/semconv/components.js';
import type { GeneratedFile } from '../generated-files.js';
import { code, page, table } from './markdown.js';

/** docs/governance-coverage.md: what is seen of each class of the governance SDK. */
export function coveragePage(): GeneratedFile {
  const rows = Object.entries<Coverage>(COVERAGE);
  const counted = rows.flatMap(([name, row]) =>
    'spec' in row && row.spec ? [[name, row.spec] as const] : [],
  );
  return page(
    'docs/governance-coverage.md',
    '# What is seen of the governance SDK',
    `Every class that ${code('@microsoft/agent-governance-sdk')} exports, in 4.0.0 or 5.0.0. A test holds this table to both.`,
    'One line at the start covers all instances, those that exist and those made later. No instance is changed:',
    [
      '```ts',
      "import * as sdk from '@microsoft/agent-governance-sdk';",
      "import { GovernanceInstrumentation } from 'agent-os-observability/agent-governance';",
      '',
      'new GovernanceInstrumentation(obs).instrumentSdk(sdk);',
      '```',
    ].join('\n'),
    `Or one instance at a time, by its own method, as ${code('instrumentClient(client)')}, or by ${code('instrumentComponent(vault)')}. ` +
      'Both together count each call once.',
    '## Classes',
    table(
      ['Class', 'Seen by'],
      rows.map(([name, row]) => [code(name), seenBy(row)]),
    ),
    '## Operations',
    `Each call is counted in ${code('agent_os_component_operations_total')} by how it ended: ${COMPONENT_RESULTS.map(code).join(', ')}. ` +
      `What it finds or refuses is counted in ${code('agent_os_component_findings_total')} by its kind. Arguments and results are in no metric. ` +
      'A call that throws is `error`, and `denied` where throwing is how the method refuses. ' +
      'An answer that is not understood is `unknown`, never `ok` or `allowed`.',
    table(
      ['Class', 'Component', 'Operations, by method'],
      counted.map(([name, { component, methods }]) => [
        code(name),
        code(component),
        Object.entries(methods)
          .filter(([, { silent }]) => silent !== true)
          .map(([method, { operation }]) => `${code(method)} ${operation}`)
          .join('; '),
      ]),
    ),
    '## Beside them',
    table(
      ['Metric', 'Where it comes from'],
      [
        [
          code('agent_os_trust_score'),
          'What a TrustManager was asked for; the verdicts of clients; `trust.score` of a `metricSink()`.',
        ],
        [
          code('agent_os_trust_tier_changes_total'),
          'The same: each identity has a tier, so that sessions of one agent are not each other.',
        ],
        [
          code('agent_os_credential_age_seconds'),
          'A vault after `put`, `rotate`, `delete` or `load`: the names of its credentials and their times, never a value.',
        ],
      ],
    ),
  );
}

function seenBy(row: Coverage): string {
  if ('own' in row) return `metrics and spans of the kernel${row.spec ? ', and operations' : ''}`;
  if ('spec' in row) return 'operations';
  return 'through' in row ? row.through : `Not seen. ${row.excused}`;
}
