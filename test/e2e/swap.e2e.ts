import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Program } from '../../tools/stack/native/program.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { eventually, eventuallyEqual } from './support/eventually.js';
import { DENIED } from './support/kernel-host.js';
import { observed } from './support/observed.js';
import { stackOfEachTest } from './support/test-stack.js';

describe('a backend', () => {
  const stackOf = stackOfEachTest();

  it('is swapped by starting the Collector with another file, under a host that runs on', async () => {
    const stack = stackOf();
    const vendor = await startOtlpReceiver();
    await stack.startJaeger();
    let collector: Program = await stack.startCollector({ files: ['base', 'backends/jaeger'] });
    const kernel = await stack.startHost();
    const { pid } = kernel;
    const swapTo = async (file: string, env: Record<string, string> = {}): Promise<void> => {
      await collector.stop();
      collector = await stack.startCollector({ files: ['base', file], env });
    };
    const deny = async (): Promise<string> => {
      const [traceId] = await kernel.act('agent-1', DENIED);
      await kernel.flush();
      return traceId!;
    };

    const first = await deny();
    await eventuallyEqual('the first trace in Jaeger', () => stack.jaeger.traceIds('e2e-kernel'), [first]);

    await swapTo('backends/file');
    const second = await deny();
    const file = join(stack.settings.data, 'collector-files/traces.jsonl');
    await eventually('the second trace in the file', async () =>
      existsSync(file) && readFileSync(file, 'utf8').includes(second) ? true : undefined,
    );

    await swapTo('backends/otlp-http', {
      OTLP_ENDPOINT: vendor.url,
      OTLP_HEADERS: '{api-key: of-the-test}',
    });
    const third = await deny();
    await eventually('the third trace at the vendor', async () =>
      vendor.spans.some(({ traceId }) => traceId === third) ? true : undefined,
    );
    expect(vendor.requests.every(({ headers }) => headers['api-key'] === 'of-the-test')).toBe(true);
    await vendor.close();

    await swapTo('backends/jaeger');
    const fourth = await deny();
    const inJaeger = async (): Promise<string[]> => (await stack.jaeger.traceIds('e2e-kernel')).sort();
    await eventuallyEqual('the first and the fourth in Jaeger', inJaeger, [first, fourth].sort());

    expect(kernel.pid).toBe(pid);
    expect(await kernel.spansLost()).toBe(0);
    observed('swap', 'the same running host, the Collector restarted with another backend file', [
      'backends/jaeger, file, otlp-http with a vendor’s header, and jaeger again: each trace where it belongs, none lost',
      'the same process of the host, which was told nothing',
    ]);
  });
});
