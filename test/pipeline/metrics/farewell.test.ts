import { sayFarewell } from '../../../src/pipeline/metrics/farewell.js';
import { otlpTarget, type OtlpTarget } from '../../../src/pipeline/otlp/otlp-target.js';
import { freePort } from '../../support/free-port.js';
import { startOtlpReceiver } from '../../support/otlp-receiver.js';

const RESOURCE = { attributes: { 'service.name': 'desk', 'agent_os.kernel.id': 'desk@h1' } };
const targetAt = (endpoint: string): OtlpTarget => otlpTarget('metrics', { endpoint }, {}, () => {})!;

test('a farewell is one data point, of the kernel and of now', async () => {
  const receiver = await startOtlpReceiver();
  await sayFarewell(targetAt(receiver.url), RESOURCE, () => 1_800_000_000_000);
  await receiver.close();
  expect(receiver.requests.map(({ path }) => path)).toEqual(['/v1/metrics']);
  expect(receiver.metrics).toHaveLength(1);
  const [{ name, resource, points }] = receiver.metrics as [(typeof receiver.metrics)[number]];
  expect([name, resource, points.map(({ value }) => value)]).toEqual([
    'agent_os_kernel_stopping',
    RESOURCE.attributes,
    [1],
  ]);
});

test('where nobody listens, nothing waits and nothing is said', async () => {
  const said = jest.spyOn(console, 'warn');
  await expect(sayFarewell(targetAt(`http://127.0.0.1:${await freePort()}`), RESOURCE)).resolves.toBe(
    undefined,
  );
  expect(said).not.toHaveBeenCalled();
});

test('an endpoint that refuses for good is asked once', async () => {
  const receiver = await startOtlpReceiver({ respond: () => ({ status: 404 }) });
  await sayFarewell(targetAt(receiver.url), RESOURCE);
  await receiver.close();
  expect(receiver.requests).toHaveLength(1);
});
