import { resourceFromAttributes } from '@opentelemetry/resources';
import { FakeSender, pushTo } from '../pipeline/metrics/push-support.js';
import { nativeStore } from '../support/stores.js';

test('a push whose message could not be written to its end spoils none after it', async () => {
  const sender = new FakeSender();
  const attributes = { 'service.name': 'test' };
  let fails = true;
  const resource = {
    ...resourceFromAttributes(attributes),
    get attributes() {
      return {
        ...attributes,
        get region() {
          if (fails) throw new Error('not known yet');
          return 'north';
        },
      };
    },
  };
  const store = nativeStore({ resource: resource, push: pushTo(sender) });
  store.meterProvider.getMeter('shop').createCounter('n').add(1);
  await store.forceFlush();
  fails = false;
  await store.forceFlush();
  await store.shutdown();
  const [metric] = sender.decoded();
  expect(metric).toMatchObject({ name: 'n', resource: { ...attributes, region: 'north' } });
});
