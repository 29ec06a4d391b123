import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { documentAt } from './documents.js';

const ROOT = join(__dirname, '../..');

/** The last cell of each row in the table of threats. */
function shownBy(text: string): string[] {
  const [, after = ''] = text.split('\n## Threats to the endpoint\n');
  const rows = (after.split('\n## ', 1)[0] as string).split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) => row.split('|').at(-2)?.trim() ?? '');
}

/** What a row of the table names that is not there. */
function missing(cell: string): string | undefined {
  const [, file = '', statement = ''] = /^`(test\/[\w/.-]+\.test\.ts)`: (.+)$/.exec(cell) ?? [];
  if (!existsSync(join(ROOT, file)) || file === '') return `no file in: ${cell}`;
  return readFileSync(join(ROOT, file), 'utf8').includes(statement) ? undefined : `no test: ${cell}`;
}

test('each threat in SECURITY.md names a test that exists', () => {
  const cells = shownBy(documentAt('SECURITY.md').text);
  expect(cells.length).toBeGreaterThan(10);
  expect(cells.map(missing).filter(Boolean)).toEqual([]);
});

test('a threat whose test is gone would be found', () => {
  expect(missing('`test/http/guard.test.ts`: a test that nobody wrote')).toMatch(/^no test/);
  expect(missing('`test/http/none.test.ts`: with a token')).toMatch(/^no file/);
  expect(missing('a promise')).toMatch(/^no file/);
});

describe('the scrape configurations of the README', () => {
  const blocks = [...documentAt('README.md').text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
    ([, block]) => parse(block as string) as Record<string, never>,
  );
  interface Scrape {
    readonly scheme: string;
    readonly authorization?: { readonly credentials_file: string };
    readonly basic_auth?: { readonly username: string; readonly password_file: string };
    readonly tls_config: Readonly<Record<string, string>>;
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }
  const scrapes = blocks.flatMap(
    ({ scrape_configs: own, receivers }): Scrape[] =>
      own ?? receivers?.['prometheus']?.['config']?.['scrape_configs'] ?? [],
  );

  test('are one for Prometheus and one for the Collector', () => expect(scrapes).toHaveLength(2));

  test('go by HTTPS, with secrets from files', () => {
    for (const {
      scheme,
      authorization,
      basic_auth: basic,
      tls_config: tls,
      static_configs: targets,
    } of scrapes) {
      expect(scheme).toBe('https');
      expect(authorization?.credentials_file ?? basic?.password_file).toMatch(/^\//);
      expect(tls['ca_file']).toMatch(/^\//);
      expect(tls).not.toHaveProperty('insecure_skip_verify');
      expect(targets).toEqual([{ targets: [expect.stringMatching(/^[\w.-]+:9464$/)] }]);
    }
  });
});
