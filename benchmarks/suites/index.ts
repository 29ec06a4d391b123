import type { Suite } from '../harness/subject.js';

/** All suites in the order of the report. A process loads the one it is for. */
export const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  counter: async () => (await import('./counter.js')).counter,
  'own-meter': async () => (await import('./own-meter.js')).ownMeter,
  histogram: async () => (await import('./histogram.js')).histogram,
  'policy-check': async () => (await import('./policy-check.js')).policyCheck,
  span: async () => (await import('./span.js')).span,
  'agent-governance': async () => (await import('./agent-governance.js')).agentGovernance,
  scrape: async () => (await import('./scrape.js')).scrape,
  'start-up': async () => (await import('./start-up.js')).startUp,
};
