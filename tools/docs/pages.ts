import { environmentPage } from './environment-page.js';
import { errorsPage } from './errors-page.js';
import type { Page } from './markdown.js';
import { metricsPage } from './metrics-page.js';
import { optionsPage } from './options-page.js';

/** Every page that is generated, before formatting. */
export function generatedPages(): Page[] {
  return [metricsPage(), optionsPage(), errorsPage(), environmentPage()];
}
