import * as sdk from '@microsoft/agent-governance-sdk';
import { COVERAGE, type CoveredClass } from '../../src/governance/agt/coverage.js';
import { describeUnchangedHost, type PatchedClass } from '../support/unchanged-host.js';
import { keyManager, meshOptions, SDK } from './component-examples.js';

const key = new Uint8Array(32);
/** What each constructor is given. */
const GIVEN: Readonly<Partial<Record<CoveredClass, readonly unknown[]>>> = {
  CredentialInjector: [new sdk.CredentialVault()],
  CircuitBreaker: [2],
  SLOTracker: ['answers', 0.9],
  ErrorBudgetTracker: [0.9],
  MeshClient: [meshOptions()],
  RegistryClient: [{ baseUrl: 'http://registry.invalid' }],
  SecureChannel: [{}, key, key, key],
  DoubleRatchet: [{}, 1],
  X3DHKeyManager: [key, keyManager().identityKeyEd],
  AgentIdentity: [
    { did: 'did:a', publicKey: key, privateKey: key, capabilities: [], createdAt: new Date(0) },
  ],
  CedarBackend: [{ endpoint: 'http://cedar.example' }],
  OPABackend: [{ endpoint: 'http://opa.example' }],
  PolicyConflictResolver: [sdk.ConflictResolutionStrategy.DenyOverrides],
  TraceCapture: ['a'],
};

const rows = Object.entries(COVERAGE).flatMap(([name, row]): [string, PatchedClass][] => {
  if (!('spec' in row) || 'own' in row) return [];
  const { [name]: type } = SDK as unknown as Record<string, PatchedClass['type']>;
  const methods = Object.keys(row.spec.methods).filter((method) => method in (type?.prototype as object));
  return [
    [
      name,
      {
        type: type as PatchedClass['type'],
        make: (type) => new type(...((GIVEN[name as CoveredClass] ?? []) as never[])),
        instrument: (governance, instance) => governance.instrumentComponent(instance),
        methods: Object.fromEntries(methods.map((method) => [method, []])),
      },
    ],
  ];
});

describeUnchangedHost(Object.fromEntries(rows));
