import { dispatch, type DispatchOptions } from '../../../examples/demo/dispatcher.js';
import { Pace } from '../../../examples/demo/pace.js';
import type { ToolCall } from '../../../examples/demo/tool-call.js';

const callOf = (agentId: string, action: string): ToolCall => ({
  agentId,
  action,
  trajectory: agentId,
  step: 0,
  lastOfTask: false,
  lastOfAgent: false,
  domain: 'hotel',
  model: 'm',
  argumentBytes: 0,
  outcome: 'ok',
});
const options = (more: Partial<DispatchOptions>): DispatchOptions => ({
  pace: new Pace(0),
  most: 10,
  stop: new AbortController().signal,
  before: () => undefined,
  handle: async () => undefined,
  ...more,
});
/** Work that ends when told to. */
function handlesByHand() {
  const events: string[] = [];
  const endings = new Map<string, () => void>();
  const handle = (call: ToolCall) => {
    events.push(`+${call.action}`);
    return new Promise<void>((resolve) =>
      endings.set(call.action, () => {
        events.push(`-${call.action}`);
        resolve();
      }),
    );
  };
  return { events, handle, end: (action: string) => endings.get(action)!() };
}
const turns = async () => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
};

describe('the dispatcher', () => {
  it('lets agents work side by side, and an agent do one thing at a time', async () => {
    const { events, handle, end } = handlesByHand();
    const done = dispatch([callOf('a', '1'), callOf('b', '2'), callOf('a', '3')], options({ handle }));
    await turns();
    expect(events).toEqual(['+1', '+2']);
    end('1');
    await turns();
    expect(events).toEqual(['+1', '+2', '-1', '+3']);
    end('3');
    end('2');
    await done;
  });

  it('has no more calls under way than it may', async () => {
    const { events, handle, end } = handlesByHand();
    const calls = [callOf('a', '1'), callOf('b', '2'), callOf('c', '3')];
    const done = dispatch(calls, options({ handle, most: 2 }));
    await turns();
    expect(events).toEqual(['+1', '+2']);
    end('2');
    await turns();
    expect(events).toEqual(['+1', '+2', '-2', '+3']);
    end('1');
    end('3');
    await done;
  });

  it('stops handing over when told to, and waits for what is under way', async () => {
    const stop = new AbortController();
    const { events, handle, end } = handlesByHand();
    const calls = [callOf('a', '1'), callOf('a', '2')];
    const done = dispatch(calls, options({ handle, stop: stop.signal }));
    await turns();
    stop.abort();
    end('1');
    await done;
    expect(events).toEqual(['+1', '-1']);
  });

  it('tells `before` each call and its number', async () => {
    const before = jest.fn();
    const calls = [callOf('a', '1'), callOf('b', '2')];
    await dispatch(calls, options({ before }));
    expect(before.mock.calls).toEqual([
      [calls[0], 0],
      [calls[1], 1],
    ]);
  });

  it('ends with what a call threw', async () => {
    const handle = () => Promise.reject(new Error('a defect'));
    await expect(dispatch([callOf('a', '1')], options({ handle }))).rejects.toThrow('a defect');
  });
});

describe('the pace', () => {
  it('gives calls at the rate asked for', async () => {
    const pace = new Pace(100);
    const started = performance.now();
    for (let count = 0; count < 10; count += 1) await pace.next();
    expect(performance.now() - started).toBeGreaterThanOrEqual(90);
  });

  it('waits for nothing once hurried, not even what is waited for already', async () => {
    const pace = new Pace(1);
    const waiting = Promise.all([pace.wait(1000), pace.next(), pace.next()]);
    pace.hurry();
    await waiting;
    await pace.wait(1000);
  });
});
