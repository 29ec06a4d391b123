import { committedDashboards, committedFiles } from '../../tools/grafana/dashboard-files.js';
import { typeProblems } from '../../tools/grafana/type-problems.js';

/** What Grafana 12 and 13 both read; a later one neither migrates back. */
const NEWEST_SCHEMA = 42;

const committed = committedFiles();
const { text } = committed.find(({ path }) => path.includes('overview'))!;
const BROKEN = {
  'an unknown key of a dashboard': text.replace('"uid":', '"uuid":'),
  'an unknown option of a panel': text.replace('"graphMode":', '"grafMode":'),
  'a graph mode that does not exist': text.replace('"graphMode": "area"', '"graphMode": "arena"'),
  'an unknown key of a query': text.replace('"expr":', '"expression":'),
  'a panel of another type': text.replace('"type": "stat"', '"type": "stats"'),
  'a number as text': text.replace('"w": 4', '"w": "4"'),
};

describe('the schema that Grafana publishes', () => {
  const problems = new Map<string, readonly string[]>();
  // One program of the compiler for all of them; it takes seconds on a busy machine.
  beforeAll(() => {
    const texts = [...committed.map((file) => [file.path, file.text] as const), ...Object.entries(BROKEN)];
    const found = typeProblems(texts.map(([, json]) => json));
    texts.forEach(([what], index) => problems.set(what, found[index]!));
  }, 120_000);

  it.each(committed.map(({ path }) => path))(
    'takes %s: no key too many, none missing, each value allowed',
    (path) => expect(problems.get(path)).toEqual([]),
  );

  it.each(Object.entries(BROKEN))('does not take %s', (what, broken) => {
    expect(broken).not.toBe(text);
    expect(problems.get(what)).not.toEqual([]);
  });

  it('is of a version that Grafana 12 reads as well', () => {
    for (const { schemaVersion } of committedDashboards())
      expect(schemaVersion).toBeLessThanOrEqual(NEWEST_SCHEMA);
  });
});
