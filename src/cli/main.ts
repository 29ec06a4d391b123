// The bin of the package: npx agent-os-observability
import { run } from './program.js';
import { processIo } from './terminal.js';

run(process.argv.slice(2), processIo()).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
