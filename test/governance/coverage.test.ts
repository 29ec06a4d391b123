import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk from '@microsoft/agent-governance-sdk';
import { COVERAGE, type CoveredClass } from '../../src/governance/agt/coverage.js';
import { installedBy } from './component-examples.js';

/** The classes of a release, with their members. */
type Release = Readonly<Record<string, readonly string[]>>;

const installed: Release = Object.fromEntries(
  Object.entries(sdk as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
    const { prototype } = value as { prototype?: object };
    if (typeof value !== 'function' || prototype === undefined) return [];
    const members = Object.getOwnPropertyNames(prototype).filter((member) => member !== 'constructor');
    return members.length > 0 || prototype instanceof Error ? [[name, members]] : [];
  }),
);
/** Written down from the built package by the script beside it. */
const { classes: next } = JSON.parse(
  readFileSync(join(__dirname, '../fixtures/governance-sdk/5.0.0.json'), 'utf8'),
) as { readonly classes: Release };
const RELEASES: readonly (readonly [string, Release])[] = [
  ['4.0.0', installed],
  ['5.0.0', next],
];
/** What is in either of them. */
const has = (name: string, member?: string) =>
  RELEASES.some(([, { [name]: members }]) => (member === undefined ? members : members?.includes(member)));
const rows = Object.entries(COVERAGE);

/** What an operator would miss, and so may not be excused. */
const MISSED: readonly CoveredClass[] = [
  ...(['AuditLogger', 'CredentialVault', 'CredentialInjector', 'RingEnforcer'] as const),
  ...(['McpSecurityScanner', 'ContextPoisoningDetector', 'CascadeContainmentManager'] as const),
  ...(['CircuitBreaker', 'TrustManager', 'ShadowDiscovery', 'SLOTracker', 'ErrorBudgetTracker'] as const),
  ...(['PromptDefenseEvaluator', 'SurfaceParityChecker', 'GovernanceVerifier'] as const),
  ...(['DockerSandboxProvider', 'MeshClient', 'SecureChannel'] as const),
];

test.each(RELEASES)('every class that %s exports is in the table', (_, release) => {
  const missing = Object.keys(release).filter((name) => !(name in COVERAGE));
  const todo =
    'Give it a row in src/governance/agt/coverage.ts, and an example in test/governance/component-examples.ts:';
  expect(missing.map((name) => `${todo} ${name}`)).toEqual([]);
});

test('every row of the table is a class that a release exports', () => {
  const gone = rows.filter(([name]) => !has(name));
  expect(gone.map(([name]) => `No release has ${name} any more: drop its row.`)).toEqual([]);
});

/** Members that the next release has and the installed one has not, and by which nothing is done. */
const NO_OPERATIONS = ['MeshClient.currentDid'];

test('what the next release adds to a class is followed', () => {
  const followed = rows.flatMap(([name, row]) =>
    'spec' in row ? Object.keys(row.spec.methods).map((member) => `${name}.${member}`) : [],
  );
  const added = Object.entries(installed).flatMap(([name, members]) =>
    (next[name] ?? []).filter((member) => !members.includes(member)).map((member) => `${name}.${member}`),
  );
  expect(added.filter((member) => !followed.includes(member))).toEqual(NO_OPERATIONS);
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
    expect(Object.keys(row.spec.methods).filter((method) => !has(name, method))).toEqual([]);
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
