import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';

const CHILD = join(__dirname, 'children', 'failed-spans.ts');
const SPANS = 2048;

async function lostOf(endpoint: string): Promise<number> {
  const child = runChild(CHILD, {
    args: [endpoint, String(SPANS)],
    env: { NODE_OPTIONS: '--max-old-space-size=128' },
    timeoutMs: 60_000,
  });
  expect(await child.exited).toEqual({ code: 0, signal: null });
  return Number(/^lost (\d+)$/m.exec(child.stdout)![1]);
}

describe('a burst of failed spans with long messages in a heap of 128 MB', () => {
  it('leaves the host alive where no collector is, and all of them are counted', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await lostOf(`http://127.0.0.1:${port}`)).toBe(SPANS);
  }, 70_000);

  it('leaves the host alive beside a fast collector, and what it did not get is counted', async () => {
    const receiver = await startOtlpReceiver();
    const lost = await lostOf(receiver.url);
    expect(receiver.spans.length + lost).toBe(SPANS);
    expect(receiver.requests.filter(({ status }) => status !== 200)).toEqual([]);
    await receiver.close();
  }, 70_000);
});
