// tsx tools/stack/check-prometheus.ts
// Asks promtool whether prometheus.yml and the rules it names are valid.
import { fileURLToPath } from 'node:url';
import { checkTool, report, run } from './binaries.js';

const config = fileURLToPath(new URL('../../prometheus/prometheus.yml', import.meta.url));

report(() => {
  run(checkTool('promtool'), ['check', 'config', config]);
  return ['prometheus/prometheus.yml: valid'];
});
