import { AUDIT_LOG, VERIFY } from '../../semconv/components.js';
import type { ComponentSpec, Read } from './components.js';
import { changes, flag, list, memberFlag, search, word } from './components-readers.js';

// Policies and the evidence of what they decided: engines, their backends, and the audit log.

/** A log that has not grown by an entry has thrown its oldest away. */
const logged: Read = (_entry, self: { readonly length: unknown }, _args, before) =>
  typeof before === 'number' && self.length === before ? { result: 'ok', findings: ['evicted'] } : 'ok';

export const auditLogger: ComponentSpec = {
  component: AUDIT_LOG,
  methods: {
    log: { operation: 'log', read: logged, before: (self: { readonly length: unknown }) => self.length },
    verify: { operation: VERIFY, read: flag('ok', 'failed') },
  },
};

/** Policies that are changed while the engine is in use. */
export const policyEngine: ComponentSpec = {
  component: 'policy_engine',
  methods: {
    ...changes({
      addRule: 'add_rule',
      loadPolicy: 'load_policy',
      loadYaml: 'load_policy',
      loadJson: 'load_policy',
      loadFromYAML: 'load_rules',
      clearPolicies: 'clear_policies',
      registerBackend: 'register_backend',
      clearBackends: 'clear_backends',
    }),
    removePolicy: { operation: 'remove_policy', read: flag('ok', 'failed') },
  },
};

const backend = (component: string): ComponentSpec => ({
  component,
  methods: {
    evaluateAction: { operation: 'evaluate', read: word },
    evaluatePolicy: { operation: 'evaluate', read: word },
  },
});
export const cedarBackend = backend('cedar_backend');
export const opaBackend = backend('opa_backend');

export const conflictResolver: ComponentSpec = {
  component: 'policy_conflict_resolver',
  methods: {
    resolve: {
      operation: 'resolve',
      read: ({ conflictDetected }: { conflictDetected: unknown }) =>
        conflictDetected === true
          ? { result: 'detected', findings: ['allow_and_deny'] }
          : conflictDetected === false
            ? 'ok'
            : 'unknown',
    },
  },
};

/** What reads the facets of a protocol out of a request, for policies to judge by. */
export const facetRegistry: ComponentSpec = {
  component: 'facet_registry',
  methods: changes({ register: 'register', clear: 'clear' }),
};

export const surfaceParityChecker: ComponentSpec = {
  component: 'surface_parity_checker',
  methods: {
    analyzePolicies: {
      operation: 'analyze',
      read: search(({ gaps }: { gaps: unknown }) => list(gaps).map(({ severity }) => `gap_${severity}`)),
    },
  },
};

interface Attestation {
  readonly passed: unknown;
  readonly controls: unknown;
  readonly evidenceChecks: unknown;
  readonly fileIntegrityResults: unknown;
}

/** Which controls, checks and files failed, by the ids that the SDK gives them. */
const attested: Read = (attestation: Attestation) => {
  const { passed, controls, evidenceChecks, fileIntegrityResults } = attestation;
  if (passed === true) return 'ok';
  if (passed !== false) return 'unknown';
  return {
    result: 'failed',
    findings: [
      ...list(controls).flatMap(({ present, controlId }) => (present === true ? [] : [controlId])),
      ...list(evidenceChecks).flatMap(({ status, checkId }) => (status === 'fail' ? [checkId] : [])),
      ...list(fileIntegrityResults).flatMap((file) => (file.passed === true ? [] : [file.targetId])),
    ],
  };
};

export const governanceVerifier: ComponentSpec = {
  component: 'governance_verifier',
  methods: {
    verify: { operation: VERIFY, read: attested },
    ...changes({ generateIntegrityManifest: 'generate_manifest' }),
  },
};

export const ociManifestAdapter: ComponentSpec = {
  component: 'oci_manifest',
  methods: {
    verifyManifest: { operation: VERIFY, read: memberFlag('valid', 'ok', 'failed') },
    unpackAICard: {
      operation: 'unpack',
      read: (card: unknown) => (card === null ? 'failed' : typeof card === 'object' ? 'ok' : 'unknown'),
    },
    ...changes({
      package: 'package',
      unpackPolicies: 'unpack_policies',
      aiCardToIdentity: 'import_identity',
    }),
  },
};
