import fc from 'fast-check';
import { mediaRanges, negotiate, negotiateFormat } from '../../src/http/negotiation.js';
import type { ExpositionFormat } from '../../src/exposition/exposition-source.js';

const OPENMETRICS = 'application/openmetrics-text';

describe('the format of a scrape', () => {
  it.each<[who: string, accept: string | undefined, format: ExpositionFormat]>([
    [
      'Prometheus 3',
      `${OPENMETRICS};version=1.0.0;escaping=allow-utf-8;q=0.6,${OPENMETRICS};version=0.0.1;q=0.5,` +
        'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'openmetrics',
    ],
    [
      'Prometheus 3 that prefers protobuf',
      'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,' +
        `${OPENMETRICS};version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2`,
      'openmetrics',
    ],
    [
      'Prometheus 2.50',
      `${OPENMETRICS};version=1.0.0;q=0.5,${OPENMETRICS};version=0.0.1;q=0.4,` +
        'text/plain;version=0.0.4;q=0.3,*/*;q=0.2',
      'openmetrics',
    ],
    [
      'Prometheus 2.30, which names the draft alone',
      `${OPENMETRICS}; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`,
      'text',
    ],
    ['Prometheus set to text', 'text/plain;version=0.0.4;q=0.3,*/*;q=0.2', 'text'],
    [
      'the Collector',
      `${OPENMETRICS};version=1.0.0,${OPENMETRICS};version=0.0.1;q=0.75,*/*;q=0.1`,
      'openmetrics',
    ],
    ['curl', '*/*', 'text'],
    ['a browser', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
    ['one that sends no header', undefined, 'text'],
    ['one that sends an empty header', '', 'text'],
  ])('for %s', (_, accept, format) => {
    expect(negotiateFormat(accept)).toBe(format);
  });

  it.each<[accept: string, format: ExpositionFormat]>([
    // Weights, and what no weight means.
    [OPENMETRICS, 'openmetrics'],
    [`${OPENMETRICS};version=1.0.0`, 'openmetrics'],
    [`${OPENMETRICS}, text/plain`, 'text'],
    [`${OPENMETRICS};q=0.9, text/plain`, 'text'],
    [`${OPENMETRICS}, text/plain;q=0.999`, 'openmetrics'],
    [`text/plain;q=0.1, ${OPENMETRICS};q=0.101`, 'openmetrics'],
    [`${OPENMETRICS};q=0`, 'text'],
    [`text/plain;q=0, ${OPENMETRICS};q=0.001`, 'openmetrics'],
    // Ranges: the one that says most decides.
    ['text/*', 'text'],
    ['application/*', 'openmetrics'],
    ['application/*, */*', 'text'],
    ['application/*, */*;q=0.9', 'openmetrics'],
    ['text/plain;q=0, */*', 'openmetrics'],
    ['text/*;q=0.1, */*', 'openmetrics'],
    ['text/*;q=0, text/plain;version=0.0.4, application/*;q=0.5', 'text'],
    [`*/*, ${OPENMETRICS};q=0.5`, 'text'],
    [`text/plain;q=0.2, text/plain;version=0.0.4, ${OPENMETRICS};q=0.5`, 'text'],
    [`text/plain;q=0.2, text/plain;q=0.9, ${OPENMETRICS};q=0.5`, 'text'],
    // Versions.
    [`${OPENMETRICS};version=0.0.1`, 'openmetrics'],
    [`${OPENMETRICS};version=0.0.1, text/plain;q=0.1`, 'text'],
    [`${OPENMETRICS};version=0.0.1, text/plain;version=1.0.0`, 'openmetrics'],
    [`${OPENMETRICS};version=2.0.0`, 'text'],
    [`${OPENMETRICS};version=2.0.0, ${OPENMETRICS};version=1.0.0;q=0.5, text/plain;q=0.1`, 'openmetrics'],
    [`text/plain;version=1.0.0, ${OPENMETRICS};q=0.1`, 'openmetrics'],
    // How it is written.
    [`Application/OpenMetrics-Text ; Version = "1.0.0" ; Q=0.7 , TEXT/PLAIN;q=0.3`, 'openmetrics'],
    [`${OPENMETRICS};note="a, b; q=0";q=0.7, text/plain;q=0.3`, 'openmetrics'],
    [`${OPENMETRICS};note="\\", text/plain;q=1, ";q=0.7, text/plain;q=0.3`, 'openmetrics'],
    [`${OPENMETRICS};charset=utf-8;escaping=dots;lone`, 'openmetrics'],
    [`,, ,${OPENMETRICS},`, 'openmetrics'],
    // What cannot be read does not count.
    [`${OPENMETRICS};q=1.5`, 'text'],
    [`${OPENMETRICS};q=high`, 'text'],
    [`${OPENMETRICS};q`, 'openmetrics'],
    [`${OPENMETRICS};q=`, 'text'],
    [`${OPENMETRICS}/1.0.0`, 'text'],
    ['application', 'text'],
    ['application/', 'text'],
    ['*/openmetrics-text', 'text'],
    [`"${OPENMETRICS}`, 'text'],
    [`${OPENMETRICS} x`, 'text'],
    ['\u0000\uffff', 'text'],
  ])('for %j is %s', (accept, format) => {
    expect(negotiateFormat(accept)).toBe(format);
  });

  it.each<[accept: string, escaping: string | undefined, textVersion: string | undefined]>([
    [
      `${OPENMETRICS};version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3`,
      'allow-utf-8',
      undefined,
    ],
    [`${OPENMETRICS};version=1.0.0;escaping=underscores`, 'underscores', undefined],
    [`${OPENMETRICS};version=1.0.0;escaping="Dots"`, 'dots', undefined],
    [`${OPENMETRICS};version=1.0.0;escaping=values`, 'values', undefined],
    [`${OPENMETRICS};version=1.0.0;escaping=other`, undefined, undefined],
    [
      'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.5',
      'allow-utf-8',
      '1.0.0',
    ],
    [
      'text/plain;version=0.0.4;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5',
      undefined,
      undefined,
    ],
    ['text/plain;version=0.0.4;escaping=values', 'values', undefined],
    ['*/*', undefined, undefined],
  ])('of %j has the escaping %p and the text version %p', (accept, escaping, textVersion) => {
    const negotiated = negotiate(accept);
    expect([negotiated.escaping, negotiated.textVersion]).toEqual([escaping, textVersion]);
  });

  it('reads any header, in any order of its elements', () => {
    const weight = fc.option(
      fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000),
      {
        nil: undefined,
      },
    );
    const element = fc.tuple(
      fc.constantFrom(OPENMETRICS, 'text/plain', 'text/*', 'application/*', '*/*', 'a/b'),
      fc.constantFrom('', ';version=1.0.0', ';version=0.0.1', ';version=0.0.4'),
      weight,
    );
    fc.assert(
      fc.property(fc.array(element, { maxLength: 8 }), fc.nat(), (elements, turn) => {
        const written = elements.map(
          ([range, version, q]) => range + version + (q === undefined ? '' : `;q=${q}`),
        );
        const at = written.length > 0 ? turn % written.length : 0;
        const turned = [...written.slice(at), ...written.slice(0, at)];
        expect(negotiateFormat(turned.join(','))).toBe(negotiateFormat(written.join(' , ')));
        expect(mediaRanges(written.join(','))).toHaveLength(elements.length);
      }),
    );
  });

  it('never throws, and gives one of the two formats', () => {
    const fragment = fc.oneof(
      fc.constantFrom(
        OPENMETRICS,
        'text/plain',
        '*/*',
        ';q=0.5',
        ';version=',
        '"',
        '\\',
        ',',
        ';',
        '=',
        '/',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 10 }),
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 40 }), (fragments) => {
        expect(['text', 'openmetrics']).toContain(negotiateFormat(fragments.join('')));
      }),
      { numRuns: 1_000 },
    );
  });

  // In proportion to the square of the length, these would take minutes.
  it('does not take long over hostile headers of 8 KiB', () => {
    for (const part of [
      '"',
      '\\"',
      ',',
      ';',
      '=',
      ' ',
      '/',
      '*/*,',
      'a/b;q=0.1,',
      '"\\',
      ';version="',
      ' ;',
      '|',
    ]) {
      const header = part.repeat(8 * 1024).slice(0, 8 * 1024);
      for (let time = 0; time < 100; time++) expect(negotiateFormat(header)).toBe('text');
    }
  });
});
