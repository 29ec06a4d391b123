// Starts what the argument says, ends none of it, and prints what would hold the process.
import { initObservability } from '../../../src/index.js';
import { KernelMetrics } from '../../../src/instruments/index.js';
import { createTestObservability } from '../../../src/testing/index.js';

switch (process.argv[2]) {
  case 'a test handle': {
    const obs = createTestObservability();
    obs.tracer.execute({ agentId: 'a', action: 'x' }, () => obs.kernel.recordKernelCrash());
    await obs.export();
    break;
  }
  case 'a handle': {
    const obs = initObservability({ serviceName: 't', prometheus: false, otlp: false });
    obs.kernel.recordKernelCrash();
    await obs.export();
    break;
  }
  default:
    new KernelMetrics().recordKernelCrash(); // waits for an SDK
}
// stdin, stdout and what the loader has open are not ours.
const holding = process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate|Server|TCP/.test(name));
console.log(`held by: ${holding.join(', ') || 'nothing'}`);
