import { METRICS } from '../../src/semconv/index.js';
import { exposed, observed } from './support.js';

// Every panel of the message bus queried metrics that nobody emitted.

test('the bus emits every one of its metrics', async () => {
  const obs = observed();
  const { amb } = obs;
  amb.publish({ topic: 'claims', priority: 'high' }, () => {});
  await amb.deliver({ topic: 'claims' }, async () => {});
  amb.recordDeliveryFailure({ topic: 'claims', reason: 'handler_error' });
  amb.recordDeadLetter({ topic: 'claims', reason: 'max_retries' });
  amb.recordBackpressure({ topic: 'claims' });
  amb.observeQueueDepth('claims', () => 3);
  amb.observeBroker('redis', () => true);
  amb.observePersistence(() => false);
  amb.observeWalPending(() => 0);
  const families = (await exposed(obs)).map(({ name }) => name).filter((name) => name.startsWith('amb_'));
  expect(families.sort()).toEqual(
    Object.keys(METRICS)
      .filter((name) => name.startsWith('amb_'))
      .sort(),
  );
});
