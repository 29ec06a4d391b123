import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Span } from '@opentelemetry/api';
import { attributes, SPANS, type SpanName } from '../../src/semconv/index.js';
import type { KernelTracer, ManualSpan } from '../../src/tracing/index.js';
import { VERSION } from '../../src/semconv/resource.js';
import { installRedaction } from '../../src/diagnostics/redaction.js';
import { activeId, deferred, exceptionsOf, idOf, parentOf, tracing, withContextManager } from './support.js';

/** Exceptions with their messages, so that one can be told from another. */
let standard: () => void;
beforeEach(() => (standard = installRedaction({ exceptions: 'message' })));
afterEach(() => standard());

withContextManager();

const agentId = 'support-1';
const action = 'read_file';

interface Method {
  readonly name: SpanName;
  readonly run: <T>(tracer: KernelTracer, work: (span: Span) => T) => T;
  readonly start: (tracer: KernelTracer) => ManualSpan;
  readonly attributes: Record<string, unknown>;
}
const check = {
  agentId,
  action,
  policies: ['files', 'budget'],
  decision: 'deny',
  enforced: 'denied',
  reason: 'not in the workspace',
} as const;
const signal = { agentId, signal: 'SIGTERM', reason: 'asked by the operator' } as const;
const violation = {
  agentId,
  action,
  policy: 'files',
  severity: 'critical',
  reason: 'read /etc/passwd',
} as const;
const METHODS: Method[] = [
  {
    name: 'kernel.policy_check',
    run: (tracer, work) => tracer.policyCheck(check, work),
    start: (tracer) => tracer.startPolicyCheck(check),
    attributes: {
      'agent.id': agentId,
      'agent_os.action': action,
      'agent_os.policies': ['files', 'budget'],
      'agent_os.decision': 'deny',
      'agent_os.enforced': 'denied',
      'agent_os.reason': 'not in the workspace',
      'kernel.component': 'policy_engine',
    },
  },
  {
    name: 'kernel.execute',
    run: (tracer, work) => tracer.execute({ agentId, action }, work),
    start: (tracer) => tracer.startExecute({ agentId, action }),
    attributes: {
      'agent.id': agentId,
      'agent_os.action': action,
      'gen_ai.agent.id': agentId,
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': action,
      'kernel.component': 'dispatcher',
    },
  },
  {
    name: 'kernel.signal',
    run: (tracer, work) => tracer.signal(signal, work),
    start: (tracer) => tracer.startSignal(signal),
    attributes: {
      'agent.id': agentId,
      'agent_os.signal': 'SIGTERM',
      'agent_os.reason': 'asked by the operator',
      'kernel.component': 'signal_dispatcher',
    },
  },
  {
    name: 'kernel.violation',
    run: (tracer, work) => tracer.violation(violation, work),
    start: (tracer) => tracer.startViolation(violation),
    attributes: {
      'agent.id': agentId,
      'agent_os.action': action,
      'agent_os.policy': 'files',
      'agent_os.severity': 'critical',
      'agent_os.reason': 'read /etc/passwd',
      'kernel.component': 'policy_engine',
    },
  },
];

test('every span of the registry has a method, but that of a verification, which is one call alone', () => {
  const spans = Object.keys(SPANS).filter((name) => name !== 'kernel.verification');
  expect(METHODS.map(({ name }) => name)).toEqual(spans);
});

describe.each(METHODS)('$name', ({ name, run, start, attributes: expected }) => {
  test('is INTERNAL, of the package’s scope, with exactly its attributes', () => {
    const { tracer, only } = tracing();
    run(tracer, () => 1);
    const span = only(name);
    expect(span.kind).toBe(SpanKind.INTERNAL);
    expect(span.instrumentationScope).toMatchObject({ name: 'agent-os-observability', version: VERSION });
    expect(span.attributes).toEqual(expected);
    const known: readonly string[] = SPANS[name].attributes;
    expect(Object.keys(span.attributes).filter((key) => !known.includes(key))).toEqual([]);
  });

  test('is active during sync work, ended when it returns, and gives back its value', () => {
    const { tracer, ended, only } = tracing();
    let during: string | undefined;
    const value = run(tracer, (span) => {
      during = activeId();
      expect(span.spanContext().spanId).toBe(during);
      expect(ended()).toEqual([]);
      return 'value';
    });
    expect(value).toBe('value');
    expect(during).toBe(idOf(only(name)));
    expect(only(name).status).toEqual({ code: SpanStatusCode.UNSET });
    expect(activeId()).toBeUndefined();
  });

  test('is active over awaits and ended only when the promise settles', async () => {
    const { tracer, ended, only } = tracing();
    const gate = deferred<void>();
    const active: (string | undefined)[] = [];
    const given = run(tracer, async () => {
      active.push(activeId());
      await gate.promise;
      active.push(activeId());
      return 'value';
    });
    expect(activeId()).toBeUndefined();
    await Promise.resolve();
    expect(ended()).toEqual([]);
    gate.resolve();
    expect(await given).toBe('value');
    expect(active).toEqual([idOf(only(name)), idOf(only(name))]);
    expect(only(name).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('that throws is an error with its type, the exception once, and the very same is thrown', () => {
    const { tracer, only } = tracing();
    const error = new RangeError('out of range');
    expect(() =>
      run(tracer, () => {
        throw error;
      }),
    ).toThrow(error);
    const span = only(name);
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'out of range' });
    expect(span.attributes).toEqual({ ...expected, 'error.type': 'RangeError' });
    expect(exceptionsOf(span)).toEqual([
      expect.objectContaining({ 'exception.type': 'RangeError', 'exception.message': 'out of range' }),
    ]);
  });

  test('that rejects is the same, when it settles', async () => {
    const { tracer, only } = tracing();
    const error = new TypeError('x');
    await expect(
      run(tracer, async () => {
        await Promise.resolve();
        throw error;
      }),
    ).rejects.toBe(error);
    expect(only(name).status.code).toBe(SpanStatusCode.ERROR);
    expect(exceptionsOf(only(name))).toHaveLength(1);
  });

  test('started by hand is not active by itself, runs what nests, and ends once', () => {
    const { tracer, ended, only, host } = tracing();
    const manual = start(tracer);
    expect(activeId()).toBeUndefined();
    const value = manual.run(() => {
      host.startSpan('inner').end();
      return activeId();
    });
    expect(value).toBe(manual.span.spanContext().spanId);
    expect(ended().map((span) => span.name)).toEqual(['inner']);
    manual.end({ attributes: { extra: 7, nothing: undefined } });
    manual.end({ error: new Error('too late'), attributes: { late: true } });
    manual.end();
    expect(parentOf(only('inner'))).toBe(idOf(only(name)));
    expect(only(name).attributes).toEqual({ ...expected, extra: 7 });
    expect(only(name).status.code).toBe(SpanStatusCode.UNSET);
  });

  test('started by hand and ended with an error is an error', () => {
    const { tracer, only } = tracing();
    start(tracer).end({ error: new Error('x') });
    expect(only(name).status).toEqual({ code: SpanStatusCode.ERROR, message: 'x' });
    expect(exceptionsOf(only(name))).toHaveLength(1);
  });
});

test('what is not said is not an attribute', () => {
  const { tracer, only } = tracing();
  tracer.policyCheck({ agentId, action }, () => true);
  tracer.signal({ agentId, signal: 'SIGCONT' });
  tracer.violation({ agentId, action, policy: 'files' });
  expect(Object.keys(only('kernel.policy_check').attributes).sort()).toEqual([
    'agent.id',
    'agent_os.action',
    'kernel.component',
  ]);
  expect(Object.keys(only('kernel.signal').attributes)).not.toContain('agent_os.reason');
  expect(Object.keys(only('kernel.violation').attributes)).not.toContain('agent_os.severity');
});

test('signal and violation need no work: they are a moment', () => {
  const { tracer, ended } = tracing();
  expect(tracer.signal({ agentId, signal: 'SIGKILL' })).toBeUndefined();
  expect(tracer.violation({ agentId, action, policy: 'files' })).toBeUndefined();
  expect(ended().map(({ name }) => name)).toEqual(['kernel.signal', 'kernel.violation']);
});

test('a denial is a decision: the status stays unset, sync and async', async () => {
  const { tracer, ended } = tracing();
  const denied = { agentId, action, decision: 'deny', enforced: 'denied' } as const;
  tracer.policyCheck(denied, () => ({ allowed: false }));
  await tracer.policyCheck(denied, async () => 'deny');
  tracer.execute({ agentId, action }, (span) => span.setAttribute(attributes.ATTR_DECISION, 'deny'));
  expect(ended().map(({ status }) => status.code)).toEqual([0, 0, 0]);
  expect(ended().every((span) => !('error.type' in span.attributes))).toBe(true);
});

test('a span of the host’s own carries its attributes and its name', () => {
  const { tracer, only } = tracing();
  expect(tracer.span('host.work', { 'host.size': 3, 'host.none': undefined }, () => 9)).toBe(9);
  tracer.startSpan('host.other').end();
  expect(only('host.work').attributes).toEqual({ 'host.size': 3 });
  expect(only('host.other').attributes).toEqual({});
});

test('attributes of the tracer are on every span; a span’s own win', () => {
  const { tracer, ended } = tracing({ attributes: { zone: 'a', 'agent.id': 'default' } });
  tracer.execute({ agentId, action }, () => {});
  tracer.startSpan('host.work').end();
  expect(ended().map((span) => [span.attributes['zone'], span.attributes['agent.id']])).toEqual([
    ['a', agentId],
    ['a', 'default'],
  ]);
});

describe('nesting', () => {
  test('is by what is active: across methods, awaits and the host’s own spans', async () => {
    const { tracer, host, only } = tracing();
    await host.startActiveSpan('request', async (request) => {
      await tracer.execute({ agentId, action }, async () => {
        tracer.policyCheck({ agentId, action }, () => true);
        await Promise.resolve();
        await tracer.span('host.work', {}, async () => {
          await Promise.resolve();
          tracer.violation({ agentId, action, policy: 'files' });
        });
        tracer.signal({ agentId, signal: 'SIGTERM' });
      });
      request.end();
    });
    const parents = Object.fromEntries(
      ['kernel.execute', 'kernel.policy_check', 'host.work', 'kernel.violation', 'kernel.signal'].map(
        (name) => [name, parentOf(only(name))],
      ),
    );
    expect(parents).toEqual({
      'kernel.execute': idOf(only('request')),
      'kernel.policy_check': idOf(only('kernel.execute')),
      'host.work': idOf(only('kernel.execute')),
      'kernel.violation': idOf(only('host.work')),
      'kernel.signal': idOf(only('kernel.execute')),
    });
  });

  test('keeps concurrent work apart', async () => {
    const { tracer, ended } = tracing();
    const gates = [deferred<void>(), deferred<void>()];
    const runs = gates.map((gate, i) =>
      tracer.execute({ agentId: `agent-${i}`, action }, async () => {
        await gate.promise;
        tracer.violation({ agentId: `agent-${i}`, action, policy: 'files' });
      }),
    );
    gates[1]!.resolve();
    await Promise.resolve();
    gates[0]!.resolve();
    await Promise.all(runs);
    for (const i of [0, 1]) {
      const [inner, outer] = ['kernel.violation', 'kernel.execute'].map((name) =>
        ended().find((span) => span.name === name && span.attributes['agent.id'] === `agent-${i}`),
      );
      expect(parentOf(inner!)).toBe(idOf(outer!));
    }
  });

  test('of a span started by hand is under what was active then, wherever it runs', () => {
    const { tracer, host, only } = tracing();
    const manual = host.startActiveSpan('request', (request) => {
      const started = tracer.startExecute({ agentId, action });
      request.end();
      return started;
    });
    host.startActiveSpan('elsewhere', (elsewhere) => {
      manual.run(() => tracer.signal({ agentId, signal: 'SIGINT' }));
      elsewhere.end();
    });
    manual.end();
    expect(parentOf(only('kernel.execute'))).toBe(idOf(only('request')));
    expect(parentOf(only('kernel.signal'))).toBe(idOf(only('kernel.execute')));
  });
});

describe('an exception on its way up', () => {
  test('is recorded on the innermost span alone; the outer ones are errors too', async () => {
    const { tracer, only } = tracing();
    const error = new Error('x');
    await expect(
      tracer.execute({ agentId, action }, async () => {
        await tracer.span('host.work', {}, async () => {
          tracer.policyCheck({ agentId, action }, () => {
            throw error;
          });
        });
      }),
    ).rejects.toBe(error);
    const names = ['kernel.policy_check', 'host.work', 'kernel.execute'];
    expect(names.map((name) => exceptionsOf(only(name)).length)).toEqual([1, 0, 0]);
    expect(names.map((name) => only(name).status.code)).toEqual([2, 2, 2]);
    expect(names.map((name) => only(name).attributes['error.type'])).toEqual(['Error', 'Error', 'Error']);
  });

  test('that the host caught, and another it threw instead, are two', () => {
    const { tracer, only } = tracing();
    expect(() =>
      tracer.execute({ agentId, action }, () => {
        try {
          tracer.policyCheck({ agentId, action }, () => {
            throw new Error('inner');
          });
        } catch (cause) {
          throw new Error('outer', { cause });
        }
      }),
    ).toThrow('outer');
    expect(exceptionsOf(only('kernel.policy_check'))[0]).toMatchObject({ 'exception.message': 'inner' });
    expect(exceptionsOf(only('kernel.execute'))[0]).toMatchObject({ 'exception.message': 'outer' });
  });

  test('is recorded again in another trace, though the host throws one and the same object', () => {
    const { tracer, ended } = tracing();
    const DENIED = new Error('denied');
    for (let i = 0; i < 2; i++) {
      expect(() =>
        tracer.execute({ agentId, action }, () => {
          throw DENIED;
        }),
      ).toThrow(DENIED);
    }
    expect(ended().map((span) => exceptionsOf(span).length)).toEqual([1, 1]);
  });

  test.each<[what: string, thrown: unknown, type: string, message: string]>([
    ['text', 'no file', 'string', 'no file'],
    ['a number', 7, 'number', '7'],
    ['undefined', undefined, 'undefined', 'undefined'],
    ['null', null, 'object', 'a value that is not an Error was thrown'],
    ['an object', { code: 'E' }, 'object', 'a value that is not an Error was thrown'],
    ['a symbol', Symbol('s'), 'symbol', 'Symbol(s)'],
    ['an Error by shape alone', { name: 'Foreign', message: 'far away', stack: '' }, 'Foreign', 'far away'],
  ])('that is %s is an error all the same', (_, thrown, type, message) => {
    const { tracer, only } = tracing();
    let caught: unknown = 'nothing';
    try {
      tracer.execute({ agentId, action }, () => {
        throw thrown;
      });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBe(thrown);
    const span = only('kernel.execute');
    expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message });
    expect(span.attributes['error.type']).toBe(type);
    expect(exceptionsOf(span)).toHaveLength(1);
  });
});

describe('wrap', () => {
  test('makes each call a span, with `this`, the arguments and attributes read from them', () => {
    const { tracer, ended } = tracing();
    class Files {
      readonly root = '/data';
      read = tracer.wrap(
        'files.read',
        function (this: Files, name: string, size: number) {
          return `${this.root}/${name}:${size}:${activeId() === undefined ? 'outside' : 'inside'}`;
        },
        (name, size) => ({ 'file.name': name, 'file.size': size }),
      );
    }
    const files = new Files();
    expect(files.read('a', 3)).toBe('/data/a:3:inside');
    expect(files.read('b', 4)).toBe('/data/b:4:inside');
    expect(ended().map((span) => [span.name, span.attributes])).toEqual([
      ['files.read', { 'file.name': 'a', 'file.size': 3 }],
      ['files.read', { 'file.name': 'b', 'file.size': 4 }],
    ]);
  });

  test('of an async function ends when it settles', async () => {
    const { tracer, ended, only } = tracing();
    const gate = deferred<number>();
    const wrapped = tracer.wrap('host.wait', async (factor: number) => factor * (await gate.promise));
    const given = wrapped(2);
    await Promise.resolve();
    expect(ended()).toEqual([]);
    gate.resolve(21);
    expect(await given).toBe(42);
    expect(only('host.wait').attributes).toEqual({});
  });

  test('whose reader of attributes throws calls the function all the same', () => {
    const { tracer, only } = tracing();
    const wrapped = tracer.wrap(
      'host.double',
      (n: number) => 2 * n,
      () => {
        throw new Error('no');
      },
    );
    expect(wrapped(4)).toBe(8);
    expect(only('host.double').status.code).toBe(SpanStatusCode.UNSET);
  });
});

test('a span that is not sampled reads no attributes and records nothing, and the work runs', () => {
  const { tracer, ended } = tracing({ sampler: { shouldSample: () => ({ decision: 0 }) } });
  const reader = jest.fn(() => ({}));
  expect(tracer.wrap('host.work', () => 1, reader)()).toBe(1);
  const error = new Error('x');
  expect(() =>
    tracer.execute({ agentId, action }, () => {
      throw error;
    }),
  ).toThrow(error);
  expect(reader).not.toHaveBeenCalled();
  expect(ended()).toEqual([]);
});

test('an exception of a span that is not sampled is recorded on the one around it', () => {
  const sampler = {
    shouldSample: (_: unknown, __: string, name: string) => ({
      decision: name === 'kernel.policy_check' ? 0 : 2,
    }),
  };
  const { tracer, only } = tracing({ sampler });
  expect(() =>
    tracer.execute({ agentId, action }, () =>
      tracer.policyCheck({ agentId, action }, () => {
        throw new Error('x');
      }),
    ),
  ).toThrow('x');
  expect(exceptionsOf(only('kernel.execute'))).toHaveLength(1);
});

test('a remote parent is the parent', () => {
  const { tracer, only } = tracing();
  const remote = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
    isRemote: true,
  };
  context.with(trace.setSpanContext(ROOT_CONTEXT, remote), () =>
    tracer.execute({ agentId, action }, () => {}),
  );
  expect(only('kernel.execute').spanContext().traceId).toBe(remote.traceId);
  expect(parentOf(only('kernel.execute'))).toBe(remote.spanId);
});
