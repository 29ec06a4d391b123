import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SHIPPED } from '../../test/e2e/support/configurations.js';
import { TestStack } from '../../test/e2e/support/test-stack.js';
import { runChild } from '../../test/support/child.js';
import { ROOT } from '../stack/native/programs.js';

/** Enough that every panel fills. */
const CALLS_PER_SECOND = 40;

/**
 * The stack as it is delivered, scraped each second; the demo governed in it for so long, then asked. Its rules keep their
 * intervals, since panels add up steps of five minutes.
 */
export async function fromLiveStack<T>(seconds: number, ask: (stack: TestStack) => Promise<T>): Promise<T> {
  const stack = await TestStack.create();
  try {
    await stack.startAll({ interval: SHIPPED });
    const demo = runChild(join(ROOT, 'examples/demo/main.ts'), {
      args: ['--rate', String(CALLS_PER_SECOND), '--port', String(stack.kernelPort)],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: stack.otlpUrl },
      timeoutMs: (seconds + 60) * 1000,
    });
    try {
      await demo.waitForLine(/^metrics/);
      await delay(seconds * 1000);
      return await ask(stack);
    } finally {
      demo.kill('SIGKILL');
      await demo.exited.catch(() => undefined);
    }
  } finally {
    await stack.close();
  }
}
