import { DOCUMENTS } from './documents.js';
import { anchorsOf, brokenLinks } from './links.js';

describe('links in the documents', () => {
  it.each(DOCUMENTS.map((document) => [document.file, document] as const))('of %s resolve', (_, document) => {
    expect(brokenLinks(document)).toEqual([]);
  });

  it('are found broken by file, by anchor and in pictures', () => {
    const text = [
      '# Here',
      '[a](docs/none.md) [b](#there) [c](docs/errors.md#none) ![d](docs/images/none.svg) <img src="none.png">',
      '[fine](#here) [fine](docs/errors.md#aoo_invalid_options) [fine](https://opentelemetry.io) `[code](none.md)`',
    ].join('\n');
    expect(brokenLinks({ file: 'README.md', text }).map((link) => link.replace('README.md: ', ''))).toEqual([
      'docs/none.md',
      '#there',
      'docs/errors.md#none',
      'docs/images/none.svg',
      'none.png',
    ]);
  });

  it('know the anchors that GitHub makes', () => {
    expect(anchorsOf('# A `code`, and more\n## A\n## A\n```sh\n# comment\n```\n')).toEqual([
      'a-code-and-more',
      'a',
      'a-1',
    ]);
  });
});
