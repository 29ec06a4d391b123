import { metrics } from '@opentelemetry/api';
import { initObservability } from 'agent-os-observability';

const obs = initObservability({ serviceName: 'agent-os-kernel', prometheus: { port: 0 }, otlp: false });

// Plain OpenTelemetry: nothing here knows of this package, and all of it is on the same page.
const meter = metrics.getMeter('support-desk');
const tickets = meter.createCounter('tickets_closed', { description: 'Tickets closed.' });
const waiting = meter.createObservableGauge('tickets_waiting', { description: 'Tickets that wait.' });
const answerTime = meter.createHistogram('answer_time_seconds', {
  description: 'Time to the first answer.',
  unit: 's',
  advice: { explicitBucketBoundaries: [1, 10, 60, 600] },
});

tickets.add(1, { queue: 'claims' });
answerTime.record(42, { queue: 'claims' });
waiting.addCallback((result) => result.observe(7, { queue: 'claims' }));

const page = await obs.export();
console.log(page.match(/^(tickets|answer)_.*$/gm)?.join('\n'));

await obs.shutdown();
