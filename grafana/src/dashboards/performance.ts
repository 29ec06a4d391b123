import { grid, heading } from '../grid.js';
import { page } from '../page.js';
import { collector } from './performance/collector.js';
import { errors } from './performance/errors.js';
import { latency } from './performance/latency.js';
import { numbers } from './performance/numbers.js';
import { sdk } from './performance/sdk.js';
import { throughput } from './performance/throughput.js';

export const performance = () =>
  page({
    uid: 'agent-os-performance',
    description: 'How fast the kernel is, what it carries, what fails, and whether telemetry itself is well.',
    lastly: '3h',
    refresh: '30s',
    panels: grid(
      numbers,
      heading(101, 'Latency'),
      ...latency,
      heading(102, 'Throughput and agents'),
      ...throughput,
      heading(103, 'Errors'),
      ...errors,
      heading(104, 'Telemetry of the kernels'),
      ...sdk,
      heading(105, 'Collector'),
      ...collector,
    ),
  });
