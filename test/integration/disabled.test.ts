import { join } from 'node:path';
import { runChild } from '../support/child.js';

const CHILD = join(__dirname, 'children', 'loaded-modules.ts');

async function loadedPackages(disabled: string): Promise<string[]> {
  const child = runChild(CHILD, { env: { OTEL_SDK_DISABLED: disabled } });
  const [line] = await child.waitForLine(/^\[.*\]$/);
  expect(await child.exited).toEqual({ code: 0, signal: null });
  return JSON.parse(line) as string[];
}

describe('OTEL_SDK_DISABLED', () => {
  it('loads no SDK module: the API alone', async () => {
    expect(await loadedPackages('true')).toEqual(['api']);
  });

  it('is what makes the difference', async () => {
    expect(await loadedPackages('false')).toEqual(
      expect.arrayContaining(['api', 'sdk-metrics', 'sdk-trace-base']),
    );
  });
});
