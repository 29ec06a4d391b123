// Part of npm run generate.
// Writes prometheus/rules and prometheus/tests, and the portable ones beside them, out of prometheus/src and prometheus/tests/cases. --check compares, and fails.
import { fileURLToPath } from 'node:url';
import { keepGenerated } from '../generated-files.js';
import { FOLDERS, GENERATED, generatedFiles } from './files.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

await keepGenerated(generatedFiles(ROOT), { folders: FOLDERS, begins: GENERATED });
