import { served, type Served } from './served.js';

const span = (
  spanID: string,
  operationName: string,
  startTime: number,
  duration: number,
  parent?: string,
) => ({
  spanID,
  operationName,
  processID: 'p1',
  startTime,
  duration,
  references: parent === undefined ? [] : [{ refType: 'CHILD_OF', spanID: parent }],
  tags: [{ key: 'agent.id', value: '<i>' }],
});
const TRACE = {
  traceID: 'abc1',
  processes: { p1: { serviceName: 'claims-desk' } },
  spans: [
    span('3', 'kernel.violation', 2_000_000_020_000_000, 1000, '2'),
    span('1', 'kernel.execute', 2_000_000_000_000_000, 40_000),
    span('2', 'kernel.policy_check', 2_000_000_010_000_000, 20_000, '1'),
  ],
};

let page: Served;
beforeAll(async () => (page = await served({ traces: [TRACE] })));
afterAll(() => page.close());

describe('traces', () => {
  it('are found by service and tags, as the addresses of Jaeger have them', async () => {
    const { status, text } = await page.get(
      '/search?service=claims-desk&tags=%7B%22agent.id%22%3A%22a%201%22%7D',
    );
    expect(status).toBe(200);
    expect(text).toContain('href="/trace/abc1"');
    expect(text).toContain('value="agent.id=&#34;a 1&#34;"');
  });

  it('have their spans under those that began them, with what they say as text', async () => {
    const { status, text } = await page.get('/trace/abc1');
    expect(status).toBe(200);
    const [first, second, third] = ['kernel.execute<', 'kernel.policy_check<', 'kernel.violation<'].map(
      (name) => text.indexOf(name, text.indexOf('<tbody>')),
    );
    expect(first).toBeLessThan(second!);
    expect(second).toBeLessThan(third!);
    expect(text).toContain('&#60;i&#62;');
  });

  it('that are none are not found', async () => {
    expect((await page.get('/trace/not-an-id')).status).toBe(404);
  });

  it('are none where no Jaeger was named, which the page says', async () => {
    const other = await served();
    const { text } = await other.get('/search');
    await other.close();
    expect(text).toContain('--jaeger');
  });
});
