import { SpanStatusCode, type Attributes, type Span } from '@opentelemetry/api';
import { DEFAULT_SPAN_LIMITS } from '../../src/pipeline/traces/span-limits.js';
import { divergencesOnPage, emptyRows, type ShownDivergence } from './support/divergences-page.js';
import { sameWorld } from './support/span-program.js';
import { officialSpans, ourSpans } from './support/span-subjects.js';

interface Seen {
  readonly name: unknown;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: unknown; readonly attributes: Attributes }[];
  readonly links: readonly object[];
  readonly status: object;
  readonly startTime: readonly [number, number];
  readonly endTime: readonly [number, number];
}

interface Divergence extends ShownDivergence {
  readonly title: string;
  readonly record: (span: Span) => void;
  readonly read: (span: Seen) => unknown;
  readonly ours: unknown;
  readonly theirs: unknown;
}

const TRACE = 'https://opentelemetry.io/docs/specs/otel/trace';
const COMMON = 'https://opentelemetry.io/docs/specs/otel/common';
const long = 'x'.repeat(5000);
const firstEvent = ({ events }: Seen) => events[0]!.attributes;

/** All that differs in what is sent, for calls that the specification allows and for those that it does not. */
const DIVERGENCES: readonly Divergence[] = [
  {
    what: 'Long texts',
    title: 'text without a limit of its own is cut at 4096 characters',
    section: `${COMMON}/#attribute-limits`,
    record: (span) => void span.updateName(long).setStatus({ code: SpanStatusCode.ERROR, message: long }),
    read: ({ name, status }) => [(name as string).length, (status as { message: string }).message.length],
    ours: [4096, 4096],
    theirs: [5000, 5000],
  },
  {
    what: 'A character at the limit',
    title: 'a text is not cut inside of a character',
    section: `${COMMON}/#attribute-limits`,
    record: (span) => void span.setAttribute('a', `${'x'.repeat(4095)}😀`),
    read: ({ attributes }) => (attributes['a'] as string).length,
    ours: 4095,
    theirs: 4096,
  },
  {
    what: 'Attributes of events that are null',
    title: 'an attribute of an event that is null is left out, as one of a span is',
    section: `${COMMON}/#attribute`,
    record: (span) => void span.addEvent('e', { none: null, some: 1 } as never),
    read: firstEvent,
    ours: { some: 1 },
    theirs: { none: null, some: 1 },
  },
  {
    what: 'Links that lead nowhere',
    title: 'a link that leads nowhere is left out',
    section: `${TRACE}/api/#link`,
    record: (span) => void span.addLink({ context: { traceId: 'ab', spanId: '1', traceFlags: 0 } }),
    read: ({ links }) => links.length,
    ours: 0,
    theirs: 1,
  },
  {
    what: 'A status that is none',
    title: 'a status that is none changes nothing',
    section: `${TRACE}/api/#set-status`,
    record: (span) => void span.setStatus({ code: 99 as never }),
    read: ({ status }) => status,
    ours: { code: 0 },
    theirs: { code: 99 },
  },
  {
    what: 'Names that are no text',
    title: 'a name that is no text becomes one',
    section: `${TRACE}/api/#updatename`,
    record: (span) => void span.updateName(42 as never).addEvent(7 as never),
    read: ({ name, events }) => [name, events[0]!.name],
    ours: ['42', '7'],
    theirs: [42, 7],
  },
  {
    what: 'A time that is none',
    title: 'a time that is none is now',
    section: `${TRACE}/api/#end`,
    record: (span) => span.end(new Date(Number.NaN)),
    read: ({ startTime, endTime }) => [endTime[0] - startTime[0], endTime[1] - startTime[1]],
    ours: [0, 0],
    theirs: [Number.NaN, Number.NaN],
  },
];

test.each(DIVERGENCES.map((one) => [one.title, one] as const))('%s', (_, { record, read, ours, theirs }) => {
  const seen = [ourSpans, officialSpans].map((subject) => {
    const world = sameWorld();
    jest.spyOn(Date, 'now').mockImplementation(() => world.time.now);
    jest.spyOn(performance, 'now').mockImplementation(() => world.time.monotonic);
    const limits = { ...DEFAULT_SPAN_LIMITS, attributeLength: 4096 };
    const { provider, read: views } = subject(world, limits, undefined);
    const span = provider.getTracer('t').startSpan('s');
    record(span);
    if (span.isRecording()) span.end();
    return read(views()[0] as Seen);
  });
  expect(seen).toEqual([ours, theirs]);
});

/** What differs in the message alone. */
const IN_THE_MESSAGE: readonly ShownDivergence[] = [
  { what: 'The order of attributes', section: `${COMMON}/#attribute-collections` },
];

test('integers that 64 bits hold are sent as integers, others as floating point, as the official SDK does', () => {
  const sent = [ourSpans, officialSpans].map((subject) => {
    const { provider, sent: message } = subject(sameWorld(), DEFAULT_SPAN_LIMITS, undefined);
    const attributes = { over: 2 ** 70, at: 2 ** 63, large: 2 ** 60, exact: 2 ** 53, least: -(2 ** 63) };
    provider.getTracer('t').startSpan('s', { attributes }).end();
    return JSON.stringify(message()).replaceAll(/"(start|end)TimeUnixNano":"\d+"/g, '');
  });
  expect(sent[0]).toBe(sent[1]);
  expect(sent[0]).toContain(`"intValue":"${BigInt(2 ** 60)}"`);
});

test('attributes that look like integers are in the order in which they were set', () => {
  const sent = [ourSpans, officialSpans].map((subject) => {
    const { provider, sent: message } = subject(sameWorld(), DEFAULT_SPAN_LIMITS, undefined);
    provider.getTracer('t').startSpan('s').setAttribute('a', 1).setAttribute('1', 1).end();
    return [...JSON.stringify(message()).matchAll(/"key":"(a|1)"/g)].map(([, key]) => key);
  });
  expect(sent).toEqual([
    ['a', '1'],
    ['1', 'a'],
  ]);
});

test('every divergence of spans is on the page of divergences, with its section of the specification', () => {
  const rows = divergencesOnPage('Spans');
  const shown = [...DIVERGENCES, ...IN_THE_MESSAGE].map(({ what, section }) => ({ what, section }));
  expect(rows.map(({ what, section }) => ({ what, section }))).toEqual(shown);
  expect(emptyRows(rows)).toEqual([]);
  for (const { section } of shown)
    expect(section).toMatch(/^https:\/\/opentelemetry\.io\/docs\/specs\/otel\/.+#.+/);
});
