// Part of npm run generate.
// Writes prometheus/rules and prometheus/tests, the portable ones beside them, and the expressions in prometheus/runbooks,
// out of prometheus/src and prometheus/tests/cases. --check compares, and fails.
import { fileURLToPath } from 'node:url';
import { keepGenerated } from '../generated-files.js';
import { runbookFiles } from './runbooks.js';
import { FOLDERS, GENERATED, generatedFiles } from './files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

await keepGenerated(runbookFiles(ROOT), { folders: [], begins: GENERATED }); // before the cases, which have their queries
await keepGenerated(generatedFiles(ROOT), { folders: FOLDERS, begins: GENERATED });
