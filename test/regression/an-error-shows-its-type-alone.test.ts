import type { ObservabilityOptions } from '../../src/index.js';
import { startOtlpReceiver } from '../support/otlp-receiver.js';
import { observed } from './support.js';

const KEY = 'sk-' + 'proj-a1B2c3D4e5F6g7H8';
const SAID = `401 for https://api.example.com/v1?api_key=hunter2 with ${KEY}, prompt "what does Smith earn"`;

/** All that is sent of a tool whose error quotes what it was given, as one text. */
async function sentOf(options: ObservabilityOptions): Promise<string> {
  const receiver = await startOtlpReceiver();
  const obs = observed({ otlp: { endpoint: receiver.url }, ...options });
  await expect(
    obs.tracer.execute({ agentId: 'a', action: 'x' }, async () => {
      await obs.tracer.span('tool', { said: SAID.slice(0, 0), note: 'for Smith' }, async () => {
        throw new TypeError(SAID);
      });
    }),
  ).rejects.toThrow(SAID); // the host has it whole
  obs.tracerProvider.getTracer('host').startActiveSpan('of the host', (span) => {
    span.recordException(new RangeError(SAID));
    span.setStatus({ code: 2, message: SAID });
    span.end();
  });
  await obs.forceFlush();
  await receiver.close();
  expect(receiver.spans).toHaveLength(3);
  return JSON.stringify(receiver.spans, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

const kernelSpans = (sent: string): string =>
  JSON.stringify((JSON.parse(sent) as { name: string }[]).filter(({ name }) => name !== 'of the host'));

it('shows the type of an error, and nothing of what it says, by default', async () => {
  const spans = kernelSpans(await sentOf({}));
  expect(spans).toContain('TypeError');
  expect(spans).not.toMatch(/401 for|api\.example|earn|regression/);
});

it.each(['message', 'full'] as const)('shows no credential where the host wants %s', async (exceptions) => {
  const spans = kernelSpans(await sentOf({ exceptions }));
  expect(spans).toContain('prompt');
  expect(spans.includes('.test.ts')).toBe(exceptions === 'full');
  expect(spans).not.toMatch(/hunter2|a1B2c3D4/);
});

it("shows no credential of an exception that the host's own span records", async () => {
  const sent = await sentOf({});
  expect(sent).toContain('RangeError');
  expect(sent).not.toMatch(/hunter2|a1B2c3D4/);
});

it("shows no text of a span but as the host's redaction leaves it", async () => {
  const redact = (text: string): string => text.replaceAll('Smith', '[name]');
  const sent = await sentOf({ exceptions: 'full', redact });
  expect(sent).toContain('for [name]');
  expect(sent).not.toContain('Smith');
});
