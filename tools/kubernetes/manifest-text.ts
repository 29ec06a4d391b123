import { format } from 'prettier';
import { Document } from 'yaml';
import { GENERATED_BY } from './differences.js';
import type { Manifest } from './manifests.js';

/** As it is committed. */
export function manifestText({ objects, path }: Manifest, prettierOptions: object): Promise<string> {
  const documents = objects.map((object) =>
    // No aliases: what one reads is what is applied. Files of the Collector stay as they are, line by line.
    new Document(object, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 }),
  );
  return format(`${GENERATED_BY}\n${documents.join('---\n')}`, { ...prettierOptions, filepath: path });
}
