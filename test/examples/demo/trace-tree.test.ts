import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { KernelTracer } from '../../../src/tracing/index.js';
import { TraceTree } from '../../../examples/demo/trace-tree.js';

const setUp = (most?: number) => {
  const printed: string[] = [];
  const tree = new TraceTree((text) => printed.push(text), most);
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [tree] });
  return { printed, tracer: new KernelTracer({ tracerProvider }) };
};
const withoutFigures = (text: string) =>
  text.replace(/trace [0-9a-f]{32}/, 'trace ID').replace(/[\d.]+ ms/g, 'N ms');

describe('the trace tree', () => {
  beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());

  const denied = (tracer: KernelTracer) => {
    const about = { agentId: 'desk-1', action: 'delete_guest' };
    tracer.execute(about, () => {
      tracer.policyCheck({ ...about, decision: 'deny' }, () => undefined);
      tracer.violation({ ...about, policy: 'no-deletions', severity: 'critical' }, () =>
        tracer.signal({ agentId: 'desk-1', signal: 'SIGKILL' }),
      );
    });
  };
  const plain = (tracer: KernelTracer) =>
    tracer.execute({ agentId: 'desk-1', action: 'get_guest' }, () =>
      tracer.policyCheck({ agentId: 'desk-1', action: 'get_guest', decision: 'allow' }, () => undefined),
    );

  it('shows the spans of a request, nested, with what matters of each', () => {
    const { printed, tracer } = setUp();
    denied(tracer);
    expect(printed.map(withoutFigures)).toEqual([
      [
        'trace ID',
        '  kernel.execute  desk-1  delete_guest  N ms',
        '  ├─ kernel.policy_check  deny  N ms',
        '  └─ kernel.violation  no-deletions  critical  N ms',
        '     └─ kernel.signal  SIGKILL  N ms',
      ].join('\n'),
    ]);
  });

  it('shows an error by its type', () => {
    const { printed, tracer } = setUp();
    const failing = () =>
      tracer.execute({ agentId: 'desk-1', action: 'book_room' }, () => {
        throw new RangeError('no room');
      });
    expect(failing).toThrow('no room');
    expect(printed[0]).toMatch(/kernel\.execute {2}desk-1 {2}book_room {2}RangeError/);
  });

  it('shows one request of each shape, then no more', () => {
    const { printed, tracer } = setUp(2);
    for (let count = 0; count < 3; count += 1) {
      plain(tracer);
      denied(tracer);
    }
    tracer.execute({ agentId: 'desk-1', action: 'think' }, () => undefined);
    expect(printed).toHaveLength(2);
  });

  it('shows only requests', () => {
    const { printed, tracer } = setUp();
    tracer.signal({ agentId: 'desk-1', signal: 'SIGCONT' });
    expect(printed).toEqual([]);
  });
});
