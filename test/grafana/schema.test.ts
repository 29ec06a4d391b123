import { committedDashboards, committedFiles } from '../../tools/grafana/dashboard-files.js';
import { typeProblems } from '../../tools/grafana/type-problems.js';

/** Compiling takes seconds on a busy machine. */
const COMPILING = 120_000;
/** What Grafana 12 and 13 both read; a later one neither migrates back. */
const NEWEST_SCHEMA = 42;

describe('the schema that Grafana publishes', () => {
  it(
    'takes every dashboard: no key too many, none missing, each value allowed',
    () => {
      expect(typeProblems(committedFiles().map(({ text }) => text))).toEqual([]);
    },
    COMPILING,
  );

  it(
    'would not take',
    () => {
      const [text] = committedFiles().map((file) => file.text);
      const broken = {
        'an unknown key of a dashboard': text!.replace('"uid":', '"uuid":'),
        'an unknown option of a panel': text!.replace('"graphMode":', '"grafMode":'),
        'a graph mode that does not exist': text!.replace('"graphMode": "area"', '"graphMode": "arena"'),
        'an unknown key of a query': text!.replace('"expr":', '"expression":'),
        'a panel of another type': text!.replace('"type": "stat"', '"type": "stats"'),
        'a number as text': text!.replace('"w": 6', '"w": "6"'),
      };
      for (const [what, mutant] of Object.entries(broken)) expect([what, mutant]).not.toEqual([what, text]);
      const problems = Object.entries(broken).map(([what, mutant]) => [
        what,
        typeProblems([mutant]).length > 0,
      ]);
      expect(problems).toEqual(Object.keys(broken).map((what) => [what, true]));
    },
    COMPILING,
  );

  it('is of a version that Grafana 12 reads as well', () => {
    for (const { schemaVersion } of committedDashboards())
      expect(schemaVersion).toBeLessThanOrEqual(NEWEST_SCHEMA);
  });
});
