import { initObservability } from 'agent-os-observability';
import { ready } from './ready.js';

const obs = initObservability({ serviceName: 'benchmark', prometheus: { port: 0 } });
await obs.ready;
ready();
