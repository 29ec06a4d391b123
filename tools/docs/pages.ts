import type { GeneratedFile } from '../generated-files.js';
import { cliPage } from './cli-page.js';
import { environmentPage } from './environment-page.js';
import { coveragePage } from './coverage-page.js';
import { errorsPage } from './errors-page.js';
import { metricsPage } from './metrics-page.js';
import { optionsPage } from './options-page.js';

/** Every page that is generated, before formatting. */
export function generatedPages(): GeneratedFile[] {
  return [metricsPage(), optionsPage(), errorsPage(), environmentPage(), coveragePage(), cliPage()];
}
