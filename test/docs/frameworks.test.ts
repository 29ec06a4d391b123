import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './documents.js';
import { fencedBlocks } from './snippets.js';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
/** A block of a document is not indented as in a program. */
const unindented = (code: string) => code.replace(/^ +/gm, '');
const names = readdirSync(join(ROOT, 'examples/frameworks'));
const examples = names.map((name) => unindented(read(`examples/frameworks/${name}`)));
const blocks = fencedBlocks(read('docs/frameworks.md')).map(({ line, code }) => [line, code] as const);

it.each(blocks)('the block at line %i of docs/frameworks.md is a part of an example', (_, code) => {
  expect(examples.some((example) => example.includes(unindented(code)))).toBe(true);
});

it.each(names)('examples/frameworks/%s is run beside the real package', (name) => {
  expect(read('test/foreign/run.ts')).toContain(`example: '${name}'`);
});
