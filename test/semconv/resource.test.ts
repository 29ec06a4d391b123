import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import * as registry from '../../src/semconv/resource.js';

test('resource attributes are named as in the semantic conventions, all but two of our own', () => {
  const known = new Set<unknown>(Object.values(conventions));
  const names = Object.entries(registry).filter(([name]) => name.startsWith('RESOURCE_'));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter(([, name]) => !known.has(name))).toEqual([
    ['RESOURCE_KERNEL_ID', 'agent_os.kernel.id'],
    ['RESOURCE_METRICS_PUSHED', 'agent_os.metrics.pushed'],
  ]);
});
