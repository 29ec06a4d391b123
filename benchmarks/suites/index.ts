import type { Suite } from '../harness/subject.js';

/** All suites in the order of the report. A process loads the one it is for. */
export const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  counter: async () => (await import('./counter.js')).counter,
  'own-meter': async () => (await import('./own-meter.js')).ownMeter,
  histogram: async () => (await import('./histogram.js')).histogram,
  megamorphic: async () => (await import('./megamorphic.js')).megamorphic,
  exemplars: async () => (await import('./exemplars.js')).exemplars,
  overflow: async () => (await import('./overflow.js')).overflow,
  readers: async () => (await import('./readers.js')).readers,
  growth: async () => (await import('./growth.js')).growth,
  'policy-check': async () => (await import('./policy-check.js')).policyCheck,
  span: async () => (await import('./span.js')).span,
  'span-delivery': async () => (await import('./span-delivery.js')).spanDelivery,
  'queued-span': async () => (await import('./queued-span.js')).queuedSpan,
  'metric-push': async () => (await import('./metric-push.js')).metricPush,
  live: async () => (await import('./live.js')).live,
  'agent-governance': async () => (await import('./agent-governance.js')).agentGovernance,
  scrape: async () => (await import('./scrape.js')).scrape,
  page: async () => (await import('./page.js')).page,
  memory: async () => (await import('./memory.js')).memory,
  churn: async () => (await import('./churn.js')).churn,
  'start-up': async () => (await import('./start-up.js')).startUp,
};
