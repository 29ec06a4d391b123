import { createLiveHandler } from '../../src/live/live-handler.js';
import { policyOf } from '../../src/live/live-page.js';
import { testFeed, told } from './support.js';

const html = '<!doctype html><style>a{}</style><script type="module">1</script>';
const page = async () => ({ html, policy: policyOf(html) });
const SSE = { accept: 'text/event-stream' };

describe('the page', () => {
  const handler = createLiveHandler({ feed: testFeed().feed, page });

  test('is sent with a policy that lets in nothing but what stands in it', async () => {
    const { status, headers, body } = await handler({ method: 'GET', headers: { accept: 'text/html' } });
    expect([status, body]).toEqual([200, html]);
    const policy = headers['Content-Security-Policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'sha256-[\w+/=]+';/);
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'Cache-Control': 'no-store', 'X-Frame-Options': 'DENY', Vary: 'Accept' });
  });

  test('has no body for HEAD, and answers nothing else', async () => {
    expect(await handler({ method: 'HEAD', headers: {} })).toMatchObject({ status: 200, body: '' });
    expect(await handler({ method: 'POST', headers: {} })).toMatchObject({ status: 405 });
  });

  test('says where it is when it is not beside the code', async () => {
    const { status, body } = await createLiveHandler({ feed: testFeed().feed, page: async () => undefined })({
      method: 'GET',
      headers: {},
    });
    expect([status, body]).toEqual([404, expect.stringContaining('dist/live/page.html')]);
  });

  test('is off where the host wants none', async () => {
    const off = createLiveHandler({ feed: undefined, page });
    expect(await off({ method: 'GET', headers: SSE, streaming: true })).toMatchObject({ status: 404 });
  });
});

describe('the stream', () => {
  test('is given to an adapter that can send one', async () => {
    const handler = createLiveHandler({ feed: testFeed().feed, page });
    const { status, headers, stream } = await handler({ method: 'GET', headers: SSE, streaming: true });
    expect([status, headers['Content-Type']]).toEqual([200, 'text/event-stream']);
    expect(stream).toBeDefined();
  });

  test('for one that cannot, is one reading and the time to ask again', async () => {
    const { feed, clock } = testFeed();
    feed.events.saw('agent_os.kill', 'ERROR', { 'agent.id': 'a' });
    const { body, stream } = await createLiveHandler({ feed, page })({ method: 'GET', headers: SSE });
    expect(stream).toBeUndefined();
    expect(told(String(body), 'state')).toMatchObject([{ at: clock.now() }]);
    expect(told(String(body), 'events')).toHaveLength(1);
    expect(body).toMatch(/retry: 2000\n\n$/);
    expect(feed.watched).toBe(false);
  });

  test('has headers alone for HEAD, and takes no place', async () => {
    const { feed } = testFeed();
    const answer = await createLiveHandler({ feed, page })({ method: 'HEAD', headers: SSE, streaming: true });
    expect([answer.status, answer.body, feed.watched]).toEqual([200, '', false]);
  });

  test.each([
    ['same-origin', 200],
    ['none', 200],
    ['same-site', 403],
    ['cross-site', 403],
  ])('asked for from %s is answered %i', async (site, status) => {
    const handler = createLiveHandler({ feed: testFeed().feed, page });
    const headers = { ...SSE, 'sec-fetch-site': site };
    expect(await handler({ method: 'GET', headers, streaming: true })).toMatchObject({ status });
  });

  test('is refused where too many look', async () => {
    const { feed } = testFeed();
    while (feed.join() !== undefined);
    const answer = await createLiveHandler({ feed, page })({ method: 'GET', headers: SSE, streaming: true });
    expect(answer).toMatchObject({ status: 503, body: expect.stringContaining('too many') });
  });
});
