import { join } from 'node:path';
import { runChild } from '../support/child.js';

// A host that started its SDK after us saw a stack trace for each global, none of which named us.

async function said(what: string): Promise<string> {
  const child = runChild(join(__dirname, 'children/second-sdk.ts'), {
    args: [what],
    env: { OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
  });
  expect(await child.exited).toEqual({ code: 0, signal: null });
  return child.stderr.trim();
}

test('an SDK that comes after us costs one line: who was first, what is not used, what to do', async () => {
  expect(await said('node-sdk')).toMatch(
    /^agent-os-observability: an OpenTelemetry SDK was started after initObservability.* the context manager, propagators, TracerProvider and MeterProvider of that SDK are not used.*Start it before initObservability.*$/,
  );
});

test('two others that disagree are left to say so themselves', async () => {
  expect(await said('others')).toContain('Attempted duplicate registration of API: metrics\n    at ');
});
