import type { ComponentResult } from '../semconv/components.js';
import { UNKNOWN } from '../semconv/values.js';
import type { BoundSeries } from './bound-series.js';
import { COMPONENT_KEYS } from './call-keys.js';
import { ComponentGauges } from './component-gauges.js';
import { dropCall } from './host-calls.js';
import { Instruments, type InstrumentOptions } from './instruments.js';

/**
 * Metrics of the parts of a governance SDK that are no policy engine: vaults, scanners, breakers, trust, audit logs. API
 * only; no method throws.
 *
 * @example
 * ```ts
 * const component = new ComponentMetrics();
 * component.recordOperation({ component: 'credential_vault', operation: 'resolve', result: 'denied' });
 * component.recordFinding({ component: 'mcp_scanner', finding: 'tool_poisoning' });
 * ```
 */
export class ComponentMetrics {
  /** @internal */
  readonly registry: Instruments;
  private readonly gauges: ComponentGauges;
  private readonly operations;
  private readonly instruments;

  /** @throws TypeError for options that cannot be read, and for a `meterProvider` that is none */
  constructor(options: InstrumentOptions = {}) {
    const make = Instruments.of(options);
    this.registry = make;
    this.operations = make.counter('agent_os_component_operations_total');
    this.instruments = {
      operations: make.counter('agent_os_component_operations_total').by('result', 'component', 'operation'),
      findings: make.counter('agent_os_component_findings_total').by('component', 'finding'),
      tierChanges: make.counter('agent_os_trust_tier_changes_total'),
    };
    this.gauges = ComponentGauges.of(make);
  }

  /** Counts an operation by how it ended. The names are those of code, never of what it worked on. */
  recordOperation(operation: { component: string; operation: string; result: ComponentResult }): void {
    try {
      const { component, operation: name, result } = operation;
      if (component === undefined || name === undefined || result === undefined)
        COMPONENT_KEYS.recordOperation.missed(this, operation);
      this.instruments.operations.add(1, result, component, name);
    } catch (error) {
      dropCall(this, 'ComponentMetrics.recordOperation', error);
    }
  }

  /**
   * The series of one operation, for whoever counts it often; undefined where it was not counted yet.
   * @internal
   */
  boundOperation(component: string, operation: string, result: ComponentResult): BoundSeries | undefined {
    return this.operations.bound(result, component, operation);
  }

  /** Counts what a component found or refused, by a short name of its kind. */
  recordFinding(found: { component: string; finding: string }): void {
    try {
      const { component, finding } = found;
      if (component === undefined || finding === undefined) COMPONENT_KEYS.recordFinding.missed(this, found);
      this.instruments.findings.add(1, component, finding);
    } catch (error) {
      dropCall(this, 'ComponentMetrics.recordFinding', error);
    }
  }

  /**
   * Keeps the trust in an agent, from 0 to 1; a tier other than the last one counts as a change.
   *
   * @param trust - `identity` where several run under one agent's id, as its sessions: each has a tier of its own
   */
  recordTrust(trust: { agentId: string; score: number; tier?: string; identity?: string }): void {
    try {
      const { agentId, score, tier, identity = agentId } = trust;
      if (agentId === undefined || score === undefined) COMPONENT_KEYS.recordTrust.missed(this, trust);
      if (!(score >= 0 && score <= 1)) return this.registry.drops.invalidValue('agent_os_trust_score', score);
      this.gauges.setScore(textOf(agentId), score);
      if (typeof tier !== 'string') return;
      const before = this.gauges.setTier(textOf(identity), tier);
      if (before !== undefined && before !== tier)
        this.instruments.tierChanges.add(1, { from: before, to: tier });
    } catch (error) {
      dropCall(this, 'ComponentMetrics.recordTrust', error);
    }
  }

  /** Keeps how long ago a credential was made or rotated, in seconds; from then on it ages by itself. */
  recordCredentialAge(age: { credential: string; ageSeconds: number }): void {
    try {
      const { credential, ageSeconds } = age;
      if (credential === undefined || ageSeconds === undefined)
        COMPONENT_KEYS.recordCredentialAge.missed(this, age);
      if (!(ageSeconds >= 0 && ageSeconds < Infinity))
        return this.registry.drops.invalidValue('agent_os_credential_age_seconds', ageSeconds);
      this.gauges.setCredentialAge(textOf(credential), ageSeconds);
    } catch (error) {
      dropCall(this, 'ComponentMetrics.recordCredentialAge', error);
    }
  }

  /** Shows the age of a credential no longer. */
  removeCredential(removed: { credential: string }): void {
    try {
      this.gauges.removeCredential(textOf(removed.credential));
    } catch (error) {
      dropCall(this, 'ComponentMetrics.removeCredential', error);
    }
  }
}

function textOf(name: unknown): string {
  return typeof name === 'string' ? name : UNKNOWN;
}
