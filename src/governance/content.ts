/** Longest content on a span, in UTF-16 units. */
export const CONTENT_MAX_LENGTH = 4096;
/** Items of one array that are looked at. */
const MAX_ITEMS = 100;

/** Arguments or results as bounded JSON. Never throws; long texts and long lists are cut before they are serialized. */
export function contentText(value: unknown): string {
  let left = CONTENT_MAX_LENGTH;
  const cut = (_key: string, item: unknown): unknown => {
    if (left <= 0) return undefined;
    if (typeof item === 'bigint') return String(item);
    if (Array.isArray(item)) return item.length > MAX_ITEMS ? item.slice(0, MAX_ITEMS) : item;
    if (typeof item !== 'string') return item;
    const text = item.slice(0, left);
    left -= text.length;
    return text;
  };
  try {
    return (JSON.stringify(value, cut) ?? String(value)).slice(0, CONTENT_MAX_LENGTH);
  } catch {
    return '[not serializable]';
  }
}
