// Part of npm run generate.
// Writes deploy/kubernetes out of otel-collector/, docker-compose.yml and prometheus/rules. --check compares, and fails.
import { keepGenerated } from '../generated-files.js';
import { GENERATED, manifestFile } from './manifest-file.js';
import { FOLDER, manifests } from './manifests.js';

await keepGenerated(manifests().map(manifestFile), { folders: [FOLDER], begins: GENERATED });
