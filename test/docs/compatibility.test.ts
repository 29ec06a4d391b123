import { compatibilityPage, foundIn, PAGE } from '../matrix/page.js';
import { releaseOf, ROWS } from '../matrix/rows.js';
import { documentAt } from './documents.js';

const { text } = documentAt(PAGE);

/** Prettier makes the columns of a table as wide as they must be. */
const unpadded = (page: string): string => page.replace(/ +/g, ' ').replace(/-{3,}/g, '---');

describe(PAGE, () => {
  it('is what npm run matrix writes of the results in it', () => {
    expect(unpadded(text)).toBe(unpadded(compatibilityPage(foundIn(text))));
  });

  it('forgets what was found of another release', () => {
    const [row] = ROWS;
    expect(foundIn(text).has(row!.name)).toBe(true);
    const other = text.replace(`| ${releaseOf(row!)} |`, '| 0.0.1 |');
    expect(foundIn(other).has(row!.name)).toBe(false);
    expect(foundIn(other).size).toBe(foundIn(text).size - 1);
  });

  it.each(ROWS.filter(({ ci }) => ci))('says that $name works', ({ name }) => {
    expect(new Set(Object.values(foundIn(text).get(name) ?? {}))).toEqual(new Set(['ok']));
  });
});

test.each(ROWS)('the packages of $name are exact releases', ({ packages }) => {
  for (const wanted of packages) expect(wanted).toMatch(/^(@[\w-]+\/)?[\w-]+@\d+\.\d+\.\d+$/);
});
