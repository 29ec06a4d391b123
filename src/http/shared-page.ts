import type { ExpositionPage } from './exposition-source.js';
import { gzipChunks } from './gzip-chunks.js';
import { SharedChunks } from './shared-chunks.js';

/** A page, and what is made of it once for all who ask for the same page at the same time. */
export interface SharedPage {
  readonly text: SharedChunks<string>;
  readonly gzip: SharedChunks<Uint8Array>;
}

/** Finds what is shared of a page by the page object itself, and keeps no page alive. */
export function createSharedPages(): (page: ExpositionPage) => SharedPage {
  const known = new WeakMap<ExpositionPage, SharedPage>();
  return (page) => {
    const before = known.get(page);
    if (before) return before;
    const text = new SharedChunks(() => strings(page));
    const shared = { text, gzip: new SharedChunks(() => gzipChunks(text)) };
    known.set(page, shared);
    return shared;
  };
}

async function* strings(page: ExpositionPage): AsyncGenerator<string> {
  for await (const piece of page) {
    if (typeof piece !== 'string') throw new TypeError('the exposition is not a string');
    yield piece;
  }
}
