import { AuditLogger, KillSwitch, PolicyEngine } from '@microsoft/agent-governance-sdk';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { bench } from '../governance/support.js';

// An engine that was frozen, or whose methods were fixed, was left alone without a word, and nothing of it was counted.

const said: string[] = [];
beforeAll(() => {
  const say = (message: string): void => void said.push(message);
  diag.setLogger(
    { error: say, warn: say, info: say, debug: say, verbose: say },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});
afterAll(() => diag.disable());
beforeEach(() => said.splice(0));

test('a frozen engine is said once, with what is not recorded', () => {
  const b = bench();
  for (let i = 0; i < 3; i++) {
    b.governance.instrumentPolicyEngine(Object.freeze(new PolicyEngine()) as PolicyEngine);
  }
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/engine cannot be changed.*evaluate, evaluatePolicy.*not recorded/);
});

test('a method that is fixed is said; one that can be written, and not redefined, is wrapped', async () => {
  const b = bench();
  const engine = new PolicyEngine();
  const fixed = { value: () => 'allow', writable: false, configurable: false };
  Object.defineProperty(engine, 'evaluate', { ...fixed, writable: true });
  const unwrap = b.governance.instrumentPolicyEngine(engine);
  engine.evaluate('read');
  expect(await b.total('agent_os_policy_decisions_total')).toBe(1);
  unwrap();
  expect(Object.getOwnPropertyDescriptor(engine, 'evaluate')).toMatchObject({ value: fixed.value });

  const killSwitch = Object.defineProperty(new KillSwitch(), 'kill', fixed);
  b.governance.instrumentKillSwitch(killSwitch);
  expect(said).toEqual([expect.stringContaining('these are fixed: kill')]);
});

test('what is no instance, or one of something else, is said', () => {
  const b = bench();
  b.governance.instrumentAuditLogger(undefined as never);
  b.governance.instrumentLifecycle(null as never);
  b.governance.instrumentClient({} as never);
  expect(said).toEqual([
    expect.stringContaining('a audit to instrument must be an object, got undefined'),
    expect.stringContaining('got null'),
    expect.stringContaining('client has none of the methods'),
  ]);
});

test('a proxy that refuses, or a class without the method any more, costs the host nothing', () => {
  const b = bench();
  const refusing = new Proxy(new AuditLogger(), {
    defineProperty() {
      throw new Error('refused');
    },
  });
  b.governance.instrumentAuditLogger(refusing);
  expect(said[0]).toContain('cannot be changed');

  class Losing extends AuditLogger {
    override log(entry: never) {
      return super.log(entry);
    }
  }
  const audit = new Losing();
  b.governance.instrumentAuditLogger(audit);
  Object.defineProperty(Losing.prototype, 'log', { value: undefined });
  expect(() => audit.log({} as never)).toThrow(TypeError);
  expect('toString' in (Reflect.get(audit, 'log') as object)).toBe(true);
});

test('a method that a class gives by a getter is asked of the instance at each call', () => {
  const b = bench();
  class Bound {
    readonly #answer = 'allow';
    get evaluate(): () => string {
      return () => this.#answer;
    }
  }
  class Derived extends Bound {}
  const engine = new Derived();
  b.governance.instrumentPolicyEngine(engine as unknown as PolicyEngine);
  expect(engine.evaluate()).toBe('allow');
});
