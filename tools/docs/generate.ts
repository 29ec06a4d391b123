import { keepGenerated } from '../generated-files.js';
import { GENERATED } from './markdown.js';
import { generatedPages } from './pages.js';

await keepGenerated(generatedPages(), { folders: ['docs'], begins: GENERATED });
