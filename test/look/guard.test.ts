import { served, type Served } from './served.js';

let page: Served;
beforeAll(async () => (page = await served()));
afterAll(() => page.close());

describe('who is answered', () => {
  it.each([
    ['127.0.0.1:9096', 200],
    ['localhost:9096', 200],
    ['[::1]:9096', 200],
    ['rebound.example.org', 421],
    ['127.0.0.1.example.org:9096', 421],
    ['localhost@example.org', 421],
  ])('a request for %s: %i', async (host, status) => {
    expect((await page.get('/', { host })).status).toBe(status);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('nobody by %s', async (method) => {
    expect((await page.get('/', {}, method)).status).toBe(405);
  });

  it('who follows a link of another page, and not a page that asks by itself', async () => {
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await page.get('/query?query=up', link)).status).toBe(200);
    expect((await page.get('/query?query=up', { ...link, 'sec-fetch-dest': 'iframe' })).status).toBe(403);
    const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
    expect((await page.get('/query?query=up', image)).status).toBe(403);
  });

  it.each(['/', '/query?query=up', '/nowhere', '/style.css'])(
    '%s with a policy that allows nothing from elsewhere',
    async (path) => {
      const { headers, text } = await page.get(path);
      const policy = headers['content-security-policy'];
      expect(policy).toMatch(/^default-src 'none'/);
      expect(policy).not.toMatch(/unsafe|https?:|script-src/);
      expect(text).not.toMatch(/<script|style="|https?:\/\/(?!127\.0\.0\.1|www\.w3\.org)/);
    },
  );
});
