import type { ComponentSpec, Read } from './components.js';
import { changes, flag, list, search } from './components-readers.js';

// What looks for attacks and for agents that nobody has registered.

export const mcpSecurityScanner: ComponentSpec = {
  component: 'mcp_scanner',
  methods: {
    scan: {
      operation: 'scan',
      read: search(({ threats }: { threats: unknown }) => list(threats).map(({ type }) => type)),
    },
  },
};

const LEAK = 'isolation_violation';
const patterns = (findings: unknown) => list(findings).map(({ patternId }) => patternId);

interface PoisoningReport {
  readonly findings: unknown;
  readonly isolationViolations: unknown;
  readonly integrityValid: unknown;
}

export const contextPoisoningDetector: ComponentSpec = {
  component: 'context_poisoning_detector',
  methods: {
    scan: {
      operation: 'scan',
      read: search(({ findings, isolationViolations, integrityValid }: PoisoningReport) => [
        ...patterns(findings),
        ...list(isolationViolations).map(() => LEAK),
        ...(integrityValid === true ? [] : ['integrity_broken']),
      ]),
    },
    scanEntry: { operation: 'scan_entry', read: search(patterns) },
    checkIsolation: {
      operation: 'check_isolation',
      read: search((violations) => list(violations).map(() => LEAK)),
    },
    verifyIntegrity: { operation: 'verify_integrity', read: flag('ok', 'failed') },
    ...changes({ addEntry: 'add_entry', clearSession: 'clear_session' }),
  },
};

/** Defences that a prompt lacks. */
export const promptDefenseEvaluator: ComponentSpec = {
  component: 'prompt_defense',
  methods: {
    evaluate: { operation: 'evaluate', read: search(({ missing }: { missing: unknown }) => list(missing)) },
  },
};

const shadows = (agents: unknown) =>
  list(agents).map(({ agent }) => (agent as { readonly agentType: unknown }).agentType);

/** What could not be read may hide an agent. */
const discovered: Read = ({ shadowAgents, errors }: { shadowAgents: unknown; errors: unknown }) => {
  const unread = list(errors).map(() => 'not_read');
  const found = shadows(shadowAgents);
  if (found.length > 0) return { result: 'detected', findings: [...found, ...unread] };
  return unread.length > 0 ? { result: 'failed', findings: unread } : 'ok';
};

export const shadowDiscovery: ComponentSpec = {
  component: 'shadow_discovery',
  methods: {
    scan: { operation: 'scan', read: discovered },
    reconcile: { operation: 'reconcile', read: search(shadows) },
  },
};
