// Part of npm run generate.
// Writes grafana/dashboards out of grafana/src. --check compares, and fails.
import { keepGenerated } from '../generated-files.js';
import { FOLDER } from './dashboard-files.js';
import { generatedFiles } from './generated-files.js';

await keepGenerated(generatedFiles(), { folders: [FOLDER], begins: '' });
