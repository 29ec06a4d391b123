import { readFileSync } from 'node:fs';

/** Without the byte order mark that editors and shells of Windows put before UTF-8. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

export const readText = (path: string): string => withoutMark(readFileSync(path, 'utf8'));
