import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { isThenable } from '../../src/common/outcome.js';
import * as governance from '../../src/governance/agt/index.js';
import * as main from '../../src/index.js';
import * as instruments from '../../src/instruments/index.js';
import * as testing from '../../src/testing/index.js';

// Nothing of ours throws into a host after start-up, whatever it is called with. All public methods are found by
// reflection, so that a new one is under test from its first day.

/** What getters and traps of hostile arguments throw: nobody may ever see it. */
const TRAP = new Error('a hostile argument was read');
/** What functions of the host throw: it reaches whoever has them run, and nobody else. */
const OF_THE_HOST = new Error('of the host');

const refuse = (): never => {
  throw TRAP;
};
const TRAPS = Object.fromEntries(
  Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]),
) as ProxyHandler<object>;

/** New ones for each use: what is called may hold on to them, or lay methods over them. */
function hostileValues(): [what: string, value: unknown][] {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const failing = (): never => {
    throw OF_THE_HOST;
  };
  const refusing = new Proxy({}, TRAPS);
  return [
    ['undefined', undefined],
    ['null', null],
    ['a number', 7],
    ['NaN', NaN],
    ['a bigint', 2n ** 70n],
    ['a symbol', Symbol('s')],
    ['text', 'text'],
    ['a huge text', 'x'.repeat(1 << 20)],
    ['a boolean', true],
    ['an array', [1, 'two', undefined]],
    ['an empty object', {}],
    ['a frozen object without prototype', Object.freeze(Object.create(null))],
    ['a Proxy that refuses everything', refusing],
    ['a revoked Proxy', revoked.proxy],
    ['an object whose every member throws', new Proxy({}, { get: refuse })],
    ['an object whose every member is a symbol', new Proxy({}, { get: () => Symbol('member') })],
    ['an object whose every member refuses', new Proxy({}, { get: () => refusing })],
    ['an object whose every member is a function that throws', new Proxy({}, { get: () => failing })],
    ['a function', () => undefined],
    ['a function that throws', failing],
    ['a function that rejects', async () => failing()],
    ['a function that gives what refuses', () => refusing],
    ['a function whose every member throws', new Proxy(failing, { ...TRAPS, apply: failing })],
  ];
}

/** Lists of up to three arguments: each value alone, between and after plausible ones, and beside a third of the others. */
function* argumentLists(): Iterable<[what: string, args: unknown[]]> {
  yield ['nothing', []];
  const count = hostileValues().length;
  for (let i = 0; i < count; i++) {
    const [what, value] = hostileValues()[i]!;
    yield [what, [value]];
    yield [`text, a function, ${what}`, ['text', () => true, value]];
    yield [`text, ${what}, a function`, ['text', value, () => true]];
    for (let j = i % 3; j < count; j += 3) {
      const [other, second] = hostileValues()[j]!;
      yield [`${what}, ${other}`, [value, second]];
    }
  }
}

interface Declared {
  /** Members that no host has: private in TypeScript, or not in the published types. */
  readonly hidden: ReadonlySet<string>;
  /** The constructor says in its documentation what it throws. */
  readonly constructorThrows: boolean;
}

/** The classes of the sources, by name. */
function declaredClasses(): Map<string, Declared> {
  const found = new Map<string, Declared>();
  const visit = (node: ts.Node): void => {
    if (ts.isClassDeclaration(node) && node.name) {
      const isHidden = (member: ts.ClassElement): boolean =>
        (ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !==
          0 || ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal');
      const constructors = node.members.filter(ts.isConstructorDeclaration);
      found.set(node.name.text, {
        hidden: new Set(node.members.filter(isHidden).map((member) => member.name?.getText() ?? '')),
        constructorThrows: constructors.some((one) =>
          ts.getJSDocTags(one).some(({ tagName }) => tagName.text === 'throws'),
        ),
      });
    }
    ts.forEachChild(node, visit);
  };
  const root = join(__dirname, '../../src');
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    visit(ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true));
  }
  return found;
}

type AnyClass = new (...args: unknown[]) => object;
type AnyFunction = (...args: unknown[]) => unknown;

const isClass = (value: unknown): value is AnyClass =>
  typeof value === 'function' && Function.prototype.toString.call(value).startsWith('class ');

const DECLARED = declaredClasses();
/** Exported classes; errors are made by us alone. */
const CLASSES = new Map(
  [main, instruments, governance, testing]
    .flatMap((entryPoint) => Object.entries(entryPoint as Record<string, unknown>))
    .filter((entry): entry is [string, AnyClass] => isClass(entry[1]))
    .filter(([, type]) => !(type.prototype instanceof Error)),
);

function methodsOf(name: string, type: AnyClass): string[] {
  const { hidden } = DECLARED.get(name)!;
  return Object.entries(Object.getOwnPropertyDescriptors(type.prototype))
    .filter(([method, { value }]) => method !== 'constructor' && typeof value === 'function')
    .map(([method]) => method)
    .filter((method) => !hidden.has(method));
}

let obs: testing.TestObservability;
beforeEach(() => (obs = testing.createTestObservability()));
afterEach(() => obs.shutdown());

/** An instance of each class; a new class needs a line here. */
const INSTANCES: Record<string, () => object> = {
  KernelMetrics: () => obs.kernel,
  KillMetrics: () => obs.kills,
  CmvkMetrics: () => obs.cmvk,
  AgentMetrics: () => obs.agent,
  AmbMetrics: () => obs.amb,
  ComponentMetrics: () => obs.component,
  ApprovalMetrics: () => obs.approvals,
  GovernanceEvents: () => obs.events,
  KernelTracer: () => obs.tracer,
  GovernanceInstrumentation: () => new governance.GovernanceInstrumentation(obs),
};

const METHODS = [...CLASSES].flatMap(([name, type]) =>
  methodsOf(name, type).map((method): [string, string] => [name, method]),
);

/** What came of a call, as far as it is a fault: anything thrown that is not the host's own. */
async function faultOf(call: () => unknown): Promise<unknown> {
  try {
    const result = call();
    if (isThenable(result)) await result;
    else return await faultOfParts(result);
  } catch (error) {
    if (error !== OF_THE_HOST) return { thrown: error };
  }
  return undefined;
}

/** An object of ours that holds functions; what a function of the host gave may refuse to say what it is. */
function isPlain(given: unknown): given is Record<string, unknown> {
  try {
    return given !== null && Object.getPrototypeOf(given) === Object.prototype;
  } catch {
    return false;
  }
}

/** Calls the functions of what a method gave, as a timer or a span has: with each value, since only the first may count. */
async function faultOfParts(given: unknown): Promise<unknown> {
  const parts: [string, AnyFunction][] = typeof given === 'function' ? [['it', given as AnyFunction]] : [];
  if (isPlain(given)) {
    for (const [name, part] of Object.entries(given)) {
      if (typeof part === 'function') parts.push([name, part as AnyFunction]);
    }
  }
  for (const [name, part] of parts) {
    for (const [what, value] of hostileValues()) {
      try {
        const result = part.call(given, value);
        if (isThenable(result)) await result;
      } catch (error) {
        if (error !== OF_THE_HOST) return { part: name, argument: what, thrown: error };
      }
    }
  }
  return undefined;
}

test('each exported class has an instance under test, and methods', () => {
  expect([...CLASSES.keys()].sort()).toEqual(Object.keys(INSTANCES).sort());
  for (const [name, type] of CLASSES) expect(methodsOf(name, type).length).toBeGreaterThan(1);
});

test.each(METHODS)('%s.%s throws nothing of its own, whatever it is called with', async (name, method) => {
  const target = INSTANCES[name]!() as Record<string, AnyFunction>;
  for (const [what, args] of argumentLists()) {
    const fault = await faultOf(() => target[method]!(...args));
    expect({ what, fault }).toEqual({ what, fault: undefined });
  }
  await obs.export(); // what was registered is asked
});

test.each([...CLASSES])('new %s throws only what its documentation says', async (name, type) => {
  if (DECLARED.get(name)!.constructorThrows) return;
  for (const [what, args] of argumentLists()) {
    const fault = await faultOf(() => void new type(...args));
    expect({ what, fault }).toEqual({ what, fault: undefined });
  }
});

test.each<[string, AnyFunction]>([
  ['enforcementOf', instruments.enforcementOf],
  ['agentIdOf', governance.agentIdOf],
])('%s answers, whatever it is asked', async (_, ask) => {
  for (const [what, value] of hostileValues()) {
    expect({ what, fault: await faultOf(() => void ask(value)) }).toEqual({ what, fault: undefined });
  }
});

test.each(['policyCheck', 'execute', 'signal', 'violation', 'verification'] as const)(
  'obs.%s throws nothing of its own, whatever it is called with',
  async (verb) => {
    for (const [what, args] of argumentLists()) {
      const fault = await faultOf(() => (obs[verb] as AnyFunction)(...args));
      expect({ what, fault }).toEqual({ what, fault: undefined });
    }
  },
);

test('the handle for tests of a host throws nothing of its own', async () => {
  for (const [name, member] of Object.entries(obs)) {
    if (typeof member !== 'function') continue; // the last is shutdown
    for (const [what, value] of hostileValues()) {
      const fault = await faultOf(() => void (member as AnyFunction)(value));
      expect({ name, what, fault }).toEqual({ name, what, fault: undefined });
    }
  }
});
