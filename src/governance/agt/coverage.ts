import type { ComponentSpec } from './components.js';
import * as credentials from './components-credentials.js';
import * as mesh from './components-mesh.js';
import * as policies from './components-policies.js';
import * as resilience from './components-resilience.js';
import * as threats from './components-threats.js';

/** Seen by an instrumentation of its own. */
export interface OwnCoverage {
  readonly own: OwnKind;
  /** The calls that it follows, and those of `spec`. */
  readonly calls: readonly string[];
  /** What is counted beside it. */
  readonly spec?: ComponentSpec;
}

/** Seen by how its calls end. */
export interface SpecCoverage {
  readonly spec: ComponentSpec;
}

/** How a class of the SDK is seen. */
export type Coverage =
  | OwnCoverage
  | SpecCoverage
  /** By another class or call, through which all of it passes. */
  | { readonly through: string }
  /** It decides, refuses and changes nothing, and cannot fail. */
  | { readonly excused: string };

/** What has an instrumentation of its own. */
export type OwnKind =
  ('engine' | 'client' | 'killSwitch' | 'lifecycle' | 'adapter' | 'audit') | ('identity' | 'ringEnforcer');

/**
 * Every class that the package exports, in the release that is installed or in one to come. A test holds it to both;
 * docs/governance-coverage.md is made of it.
 */
export const COVERAGE = {
  PolicyEngine: {
    own: 'engine',
    calls: [
      ...['evaluate', 'evaluatePolicy', 'evaluateWithBackends', 'evaluatePolicyWithBackends'],
      ...Object.keys(policies.policyEngine.methods),
    ],
    spec: policies.policyEngine,
  },
  AgentMeshClient: { own: 'client', calls: ['executeWithGovernance'] },
  GenericFrameworkAdapter: { own: 'adapter', calls: ['run', 'beginInvocation'] },
  KillSwitch: {
    own: 'killSwitch',
    calls: ['kill', 'registerHandler', 'registerCompensation', 'registerSubstitute'],
  },
  LifecycleManager: {
    own: 'lifecycle',
    calls: Object.keys(resilience.lifecycleManager.methods),
    spec: resilience.lifecycleManager,
  },
  AuditLogger: { own: 'audit', calls: ['log', 'verify'], spec: policies.auditLogger },

  CredentialVault: { spec: credentials.credentialVault },
  CredentialInjector: { spec: credentials.credentialInjector },
  RingEnforcer: {
    own: 'ringEnforcer',
    calls: Object.keys(resilience.ringEnforcer.methods),
    spec: resilience.ringEnforcer,
  },
  McpSecurityScanner: { spec: threats.mcpSecurityScanner },
  ContextPoisoningDetector: { spec: threats.contextPoisoningDetector },
  CascadeContainmentManager: { spec: resilience.cascadeContainment },
  CircuitBreaker: { spec: resilience.circuitBreaker },
  TrustManager: { spec: resilience.trustManager },
  ShadowDiscovery: { spec: threats.shadowDiscovery },
  SLOTracker: { spec: resilience.sloTracker },
  ErrorBudgetTracker: { spec: resilience.errorBudgetTracker },
  PromptDefenseEvaluator: { spec: threats.promptDefenseEvaluator },
  SurfaceParityChecker: { spec: policies.surfaceParityChecker },
  GovernanceVerifier: { spec: policies.governanceVerifier },
  DockerSandboxProvider: { spec: resilience.dockerSandboxProvider },
  MeshClient: { spec: mesh.meshClient },
  SecureChannel: { spec: mesh.secureChannel },
  RegistryClient: { spec: mesh.registryClient },

  DoubleRatchet: { spec: mesh.doubleRatchet },
  X3DHKeyManager: { spec: mesh.x3dhKeyManager },
  AgentIdentity: {
    own: 'identity',
    calls: Object.keys(mesh.agentIdentity.methods),
    spec: mesh.agentIdentity,
  },
  IdentityRegistry: { spec: mesh.identityRegistry },
  CedarBackend: { spec: policies.cedarBackend },
  OPABackend: { spec: policies.opaBackend },
  PolicyConflictResolver: { spec: policies.conflictResolver },
  FacetRegistry: { spec: policies.facetRegistry },
  OciManifestAdapter: { spec: policies.ociManifestAdapter },
  TraceCapture: { spec: resilience.traceCapture },

  FrameworkInvocationHandle: {
    through: 'GenericFrameworkAdapter: what `beginInvocation` gives is followed until `complete()`',
  },
  GovernanceMetrics: { through: '`metricSink()`: its events reach a sink' },
  CredentialError: { through: 'CredentialVault: the call that throws it counts as `error`' },
  RegistryError: {
    through:
      'RegistryClient: the call that throws it counts as `denied` where its status is 401 or 403, else as `error`',
  },
  RingBreachError: { through: 'RingEnforcer: the call that throws it counts as `denied`' },

  CredentialHandle: { excused: 'A name without a value: all it gives is the text that stands for a secret.' },
  CredentialProfile: {
    excused: 'A list of bindings that the vault asks; the vault decides, and is counted.',
  },
  DenyReceipt: { excused: 'The record of a denial that the injector has given, and counted.' },
} as const satisfies Record<string, Coverage>;

export type CoveredClass = keyof typeof COVERAGE;

/** How a class is seen, by the name that the SDK exports it under. */
export function coverageOf(name: string): Coverage | undefined {
  return Object.hasOwn(COVERAGE, name) ? COVERAGE[name as CoveredClass] : undefined;
}

/** What is counted of the class of an instance beside its own instrumentation. */
export function specOf(kind: OwnKind): ComponentSpec | undefined {
  const rows: readonly Coverage[] = Object.values(COVERAGE);
  for (const row of rows) if ('own' in row && row.own === kind) return row.spec;
  return undefined;
}

/** The part of the SDK that an instance is, by the names of its classes; undefined where none is known. */
export function componentOf(instance: object, named?: string): OwnCoverage | SpecCoverage | undefined {
  let prototype: object | null = instance;
  while (prototype !== null) {
    const name = named ?? prototype.constructor?.name;
    const row = typeof name === 'string' ? coverageOf(name) : undefined;
    if (row !== undefined) return 'spec' in row || 'own' in row ? row : undefined;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return undefined;
}
