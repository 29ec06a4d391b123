import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { Runtime } from 'node:inspector';
import { fileURLToPath } from 'node:url';

const maps = new Map<string, SourceMap | undefined>();
const SOURCES = /(?:^|\/)(src\/.+)$/;

/** Where a function of the package stands in its sources, by the source map beside the built file. */
export function originalPlace({ url, lineNumber, columnNumber }: Runtime.CallFrame): string | undefined {
  const entry = mapOf(url)?.findEntry(lineNumber, columnNumber);
  if (entry === undefined || !('originalSource' in entry)) return undefined;
  const source = SOURCES.exec(entry.originalSource)?.[1];
  return source === undefined ? undefined : `${source}:${entry.originalLine + 1}`;
}

function mapOf(url: string): SourceMap | undefined {
  if (maps.has(url)) return maps.get(url);
  const file = `${url.startsWith('file:') ? fileURLToPath(url) : url}.map`;
  const payload = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as SourceMap['payload'])
    : undefined;
  const map = payload && new SourceMap(payload);
  maps.set(url, map);
  return map;
}
