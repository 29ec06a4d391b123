import { formatted } from '../../tools/generated-files.js';
import { compatibilityPage, foundIn, PAGE } from '../matrix/page.js';
import { releaseOf, ROWS } from '../matrix/rows.js';
import { documentAt } from './documents.js';

const { text } = documentAt(PAGE);

describe(PAGE, () => {
  it('is what npm run matrix writes of the results in it', async () => {
    const written = await formatted({ path: PAGE, text: compatibilityPage(foundIn(text)) });
    expect(text).toBe(written.text);
  });

  it('forgets what was found of another release', () => {
    const [row] = ROWS;
    expect(foundIn(text).has(row!.name)).toBe(true);
    const other = text.replace(`| ${releaseOf(row!)} |`, '| 0.0.1 |');
    expect(foundIn(other).has(row!.name)).toBe(false);
    expect(foundIn(other).size).toBe(foundIn(text).size - 1);
  });

  it.each(ROWS.filter(({ ci, note }) => ci && note === undefined))('says that $name works', ({ name }) => {
    const { 'core tests': core, ...checks } = foundIn(text).get(name) ?? {};
    expect(new Set(Object.values(checks))).toEqual(new Set(['ok']));
    expect(core).not.toBe('failed');
  });
});

test.each(ROWS)('the packages of $name are exact releases', ({ packages }) => {
  for (const wanted of packages) expect(wanted).toMatch(/^(@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+$/);
});
