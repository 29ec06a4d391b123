// One side of a message bus over a real broker: `publisher` or `consumer`, in a process of its own.
import { connect, headers } from '@nats-io/transport-node';
import { trace } from '@opentelemetry/api';
import { initObservability, type ObservabilityOptions } from '../../../src/index.js';

const [, , role, servers, options] = process.argv;
const TOPIC = 'claims';
const obs = initObservability(JSON.parse(options!) as ObservabilityOptions);
const broker = await connect({ servers: servers! });

async function publish(): Promise<string> {
  let traceId = '';
  await obs.execute({ agentId: 'planner', action: 'delegate' }, async (span) => {
    traceId = span.spanContext().traceId;
    const carrier = headers();
    await obs.amb.publish({ topic: TOPIC, id: 'claim-1', system: 'nats', carrier }, async () => {
      broker.publish(TOPIC, 'claim 1', { headers: carrier });
      await broker.flush();
    });
  });
  return traceId;
}

/** The trace in which the first message is handled. */
async function consume(): Promise<string> {
  const messages = broker.subscribe(TOPIC, { max: 1 });
  await broker.flush();
  process.send!('subscribed');
  let traceId = '';
  for await (const { headers: carrier } of messages)
    await obs.amb.process({ topic: TOPIC, id: 'claim-1', system: 'nats', carrier }, () =>
      obs.execute({ agentId: 'clerk', action: 'read_claim' }, async (span) => {
        await Promise.resolve();
        traceId = trace.getActiveSpan() === span ? span.spanContext().traceId : 'not active';
      }),
    );
  return traceId;
}

const traceId = await (role === 'publisher' ? publish() : consume());
await broker.close();
await obs.shutdown();
process.send!(traceId, () => process.exit(0));
