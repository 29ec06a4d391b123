import * as sdk from '@microsoft/agent-governance-sdk';
import { COVERAGE, type CoveredClass } from '../../src/governance/agt/coverage.js';
import { EXAMPLES, SDK, type Example, type Expected } from './component-examples.js';
import { warnings } from '../instruments/support.js';
import { bench, type Bench } from './support.js';

const all = Object.entries(EXAMPLES).flatMap(([name, examples]) =>
  examples.map((each, index) => [`${name} ${index + 1}`, name as CoveredClass, each] as const),
);

function instrument({ governance }: Bench, name: CoveredClass, instance: object): void {
  if (name === 'PolicyEngine') governance.instrumentPolicyEngine(instance as sdk.PolicyEngine);
  else if (name === 'LifecycleManager') governance.instrumentLifecycle(instance as sdk.LifecycleManager);
  else if (name === 'AuditLogger') governance.instrumentAuditLogger(instance as sdk.AuditLogger);
  else governance.instrumentComponent(instance);
}

/** What was counted of one component. */
async function counted(b: Bench, component: string): Promise<Expected> {
  const of = async (metric: string, nameOf: (labels: Readonly<Record<string, unknown>>) => string) =>
    Object.fromEntries(
      (await b.series(metric))
        .filter(({ labels }) => labels.component === component)
        .map(({ labels, value }) => [nameOf(labels), value]),
    );
  return {
    operations: await of(
      'agent_os_component_operations_total',
      ({ operation, result }) => `${String(operation)} ${String(result)}`,
    ),
    findings: await of('agent_os_component_findings_total', ({ finding }) => String(finding)),
  };
}

test.each(all)(
  '%s, as an instance, is counted by how each call ended',
  async (_title, name, each: Example) => {
    const b = bench();
    const instance = each.make();
    instrument(b, name, instance);
    await each.act(instance);
    expect(await counted(b, each.component)).toEqual(each.expected);
  },
);

test.each(all)('%s, as a class, is counted alike', async (_title, _name, each: Example) => {
  const b = bench();
  const before = each.make();
  const unwrap = b.governance.instrumentSdk(SDK);
  try {
    await each.act(before);
    expect(await counted(b, each.component)).toEqual(each.expected);
  } finally {
    unwrap();
  }
});

test.each(all)('%s, as both, is counted once', async (_title, name, each: Example) => {
  const b = bench();
  const instance = each.make();
  instrument(b, name, instance);
  b.governance.instrumentSdk(SDK);
  try {
    await each.act(instance);
    expect(await counted(b, each.component)).toEqual(each.expected);
  } finally {
    b.governance.unwrap();
  }
});

test('every class that is counted has an example, of all its methods', () => {
  const rows = Object.entries(COVERAGE).filter(([, row]) => 'spec' in row);
  expect(Object.keys(EXAMPLES).sort()).toEqual(rows.map(([name]) => name).sort());
});

test('what an instance answers that is not understood is unknown, and so is what cannot be read', async () => {
  const b = bench();
  const audit = new sdk.AuditLogger();
  const rings = new sdk.RingEnforcer();
  const scanner = new sdk.McpSecurityScanner();
  audit.verify = () => 'yes' as never;
  rings.canExecute = () => undefined as never;
  scanner.scan = () => ({ threats: 'many' }) as never;
  b.governance.instrumentAuditLogger(audit);
  b.governance.instrumentComponent(rings);
  b.governance.instrumentComponent(scanner);
  audit.verify();
  rings.canExecute('x');
  scanner.scan({ name: 'x', description: '' });
  const results = (await b.series('agent_os_component_operations_total')).map(({ labels }) => labels.result);
  expect(results).toEqual(['unknown', 'unknown', 'unknown']);
});

test('nothing that went in or came out is in the metrics', async () => {
  const b = bench();
  const unwrap = b.governance.instrumentSdk(SDK);
  try {
    for (const [, , each] of all) await each.act(each.make());
  } finally {
    unwrap();
  }
  const text = await b.metricsText();
  for (const secret of ['secret', 'newer', 'did:', 'Ignore', 'Bearer', '/no/such', 'no docker', 'stranger']) {
    expect(text).not.toContain(secret);
  }
});

test('an instance that is no part of the SDK stays as it is, and that is said', () => {
  const said = warnings();
  const b = bench();
  class Mine {
    scan(): number {
      return 1;
    }
  }
  const mine = new Mine();
  b.governance.instrumentComponent(mine)();
  expect(Object.getOwnPropertyNames(mine)).toEqual([]);
  expect(said.join()).toContain('Mine is none of the SDK');
});

test('a class that a bundler has renamed is named by the host', async () => {
  const b = bench();
  class A {
    scan(): object {
      return { threats: [{ type: 'rug_pull' }] };
    }
  }
  const scanner = new A();
  b.governance.instrumentComponent(scanner, 'McpSecurityScanner');
  scanner.scan();
  expect(await counted(b, 'mcp_scanner')).toEqual({
    operations: { 'scan detected': 1 },
    findings: { rug_pull: 1 },
  });
});
