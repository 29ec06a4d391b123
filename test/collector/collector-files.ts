import { join } from 'node:path';
import {
  parseFile,
  readConfiguration,
  type ConfigurationFile,
} from '../../tools/collector/configuration-file.js';
import { asMap, merge } from '../../tools/collector/merge.js';

export const FOLDER = join(__dirname, '..', '..', 'otel-collector');

export function filesOf(...names: string[]): ConfigurationFile[] {
  return readConfiguration(names, FOLDER);
}

/** The base with files written in a test; `backends/x` as a name makes a backend. */
export function baseWith(...written: (readonly [name: string, text: string])[]): ConfigurationFile[] {
  const more = written.map(([name, text], index) =>
    parseFile(`${name}.yaml`, `/${name}.yaml`, index + 1, text),
  );
  return [...filesOf('base'), ...more];
}

/** As the Collector would have it after merging, environment references unexpanded. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a configuration has no type here; a wrong path is undefined
export function merged(...names: string[]): any {
  return asMap(merge(filesOf(...names)).settings);
}
