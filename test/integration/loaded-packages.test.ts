import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { startOtlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';

const CHILD = join(__dirname, 'children', 'loaded-modules.ts');

describe('the OpenTelemetry packages that are loaded', () => {
  let receiver: OtlpReceiver;
  beforeEach(async () => (receiver = await startOtlpReceiver()));
  afterEach(() => receiver.close());

  const loaded = async (disabled: string): Promise<Record<string, string[]>> => {
    const child = runChild(CHILD, { args: [receiver.url], env: { OTEL_SDK_DISABLED: disabled } });
    expect(await child.exited).toEqual({ code: 0, signal: null });
    const lines = child.stdout.matchAll(/^(\w+) (\[.*\])$/gm);
    return Object.fromEntries([...lines].map(([, when, list]) => [when, JSON.parse(list!) as string[]]));
  };

  it('are the API alone with OTEL_SDK_DISABLED, also after a span and a flush', async () => {
    expect(await loaded('true')).toEqual({ start: ['api'], span: ['api'], flush: ['api'] });
  });

  it('are those of the start: neither a span nor a flush loads one inside a call of the host', async () => {
    const { start, span, flush } = await loaded('false');
    expect(start).toEqual(['api']);
    expect(span).toEqual(start);
    expect(flush).toEqual(start);
    expect(receiver.spans).toHaveLength(1);
  });
});
