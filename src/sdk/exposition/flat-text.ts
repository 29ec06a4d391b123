/** Kept, so that no compiler leaves the reading out. */
let firstCode = 0;

/**
 * The same text in one piece of memory. What was put together by `+` is a tree of its parts until somebody reads it: read
 * now, the parts are garbage while they are young, and nobody pays for all pieces of a page at once.
 */
export function flatText(text: string): string {
  firstCode = text.charCodeAt(0);
  return Number.isNaN(firstCode) ? '' : text;
}
