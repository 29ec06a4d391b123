import { Readable } from 'node:stream';
import { createTestObservability } from '../../../src/testing/index.js';
import { produce } from '../../support/streams.js';

/** A host that handles what a stream throws, or does not. */
const { kernel, tracer } = createTestObservability();
const broken = new RangeError('broke off');
const followed = <T>(make: () => T): T =>
  tracer.execute({ agentId: 'a', action: 'b' }, () => kernel.execution('b', make));
const failing = () => followed(() => produce({ chunks: 0, fails: broken }));

const HOSTS: Readonly<Record<string, () => unknown>> = {
  'a generator whose error nobody handles': () => void failing().next(),
  'a generator whose error is handled': () =>
    failing()
      .next()
      .catch(() => {}),
  'a Readable whose error nobody handles': () => void followed(() => new Readable()).destroy(broken),
  'a Readable whose error is handled': () =>
    followed(() => new Readable())
      .on('error', () => {})
      .destroy(broken),
  'a ReadableStream that fails while nobody reads it': () =>
    followed(() => new ReadableStream({ start: (controller) => controller.error(broken) })).getReader(),
  'a stream that is never read': () => void followed(() => produce({ chunks: 1 })),
};
HOSTS[process.argv[2]!]!();
