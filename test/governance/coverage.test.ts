import * as sdk from '@microsoft/agent-governance-sdk';
import { COVERAGE, type CoveredClass } from '../../src/governance/agt/coverage.js';
import { installedBy } from './component-examples.js';

/** Exported functions whose prototype has members of its own. */
const exported = Object.entries(sdk as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
  if (typeof value !== 'function') return [];
  const { prototype } = value as { prototype?: object };
  return prototype !== undefined && Object.getOwnPropertyNames(prototype).length > 1 ? [name] : [];
});
const rows = Object.entries(COVERAGE);

/** What an operator would miss, and so may not be excused. */
const MISSED: readonly CoveredClass[] = [
  ...(['AuditLogger', 'CredentialVault', 'CredentialInjector', 'RingEnforcer'] as const),
  ...(['McpSecurityScanner', 'ContextPoisoningDetector', 'CascadeContainmentManager'] as const),
  ...(['CircuitBreaker', 'TrustManager', 'ShadowDiscovery', 'SLOTracker', 'ErrorBudgetTracker'] as const),
  ...(['PromptDefenseEvaluator', 'SurfaceParityChecker', 'GovernanceVerifier'] as const),
  ...(['DockerSandboxProvider', 'MeshClient', 'SecureChannel'] as const),
];

test('every class that the SDK exports is in the table', () => {
  const missing = exported.filter((name) => !(name in COVERAGE));
  const todo =
    'Give it a row in src/governance/agt/coverage.ts, and an example in test/governance/component-examples.ts:';
  expect(missing.map((name) => `${todo} ${name}`)).toEqual([]);
});

test('every row of the table is a class that the SDK exports', () => {
  const gone = rows.filter(
    ([name]) => typeof (sdk as Readonly<Record<string, unknown>>)[name] !== 'function',
  );
  expect(
    gone.map(([name]) => `The SDK has no ${name} any more: drop its row, or keep it for the older release.`),
  ).toEqual([]);
});

test('what an operator would miss is instrumented', () => {
  expect(MISSED.filter((name) => !('spec' in COVERAGE[name]))).toEqual([]);
});

test.each(rows.filter(([, row]) => 'excused' in row))(
  '%s is excused, since it changes nothing and throws nothing',
  (name) => {
    const { prototype } = (sdk as unknown as Record<string, { prototype: object }>)[name] as {
      prototype: object;
    };
    const code = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(
      ([member, descriptor]) =>
        member === 'constructor'
          ? []
          : Object.values(descriptor).filter((each: unknown) => typeof each === 'function'),
    );
    for (const member of code)
      expect(String(member)).not.toMatch(/\bthrow\b|this\.\w+ ?[-+]?=[^=]|\.push\(|\.delete\(/);
  },
);

test.each(rows.flatMap(([name, row]) => ('spec' in row ? [[name, row] as const] : [])))(
  'the methods of %s that are followed exist',
  (name, row) => {
    const { prototype } = (sdk as unknown as Record<string, { prototype: Record<string, unknown> }>)[
      name
    ] as never;
    for (const method of Object.keys(row.spec.methods)) expect(typeof prototype[method]).toBe('function');
  },
);

test.each(rows.flatMap(([name, row]) => ('own' in row ? [[name, row] as const] : [])))(
  'the class of %s hears every call that its instances are wrapped at',
  (name, row) => {
    expect(
      installedBy(name as CoveredClass).filter(
        (method) => !(row.calls as readonly string[]).includes(method),
      ),
    ).toEqual([]);
  },
);

test('components and operations are short names of code', () => {
  const specs = rows.flatMap(([, row]) => ('spec' in row ? [row.spec] : []));
  const names = specs.flatMap(({ component, methods }) => [
    component,
    ...Object.values(methods).map(({ operation }) => operation),
  ]);
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{1,30}$/);
  expect(new Set(specs.map(({ component }) => component)).size).toBe(specs.length);
});
