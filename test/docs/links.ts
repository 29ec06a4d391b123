import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { documentAt, ROOT, type Document } from './documents.js';

/** Links of a document to files and headings of the repository that lead nowhere. */
export function brokenLinks({ file, text }: Document): string[] {
  return relativeLinks(text).flatMap((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : normalize(join(dirname(file), path));
    if (target.startsWith('..') || !existsSync(join(ROOT, target))) return [`${file}: ${link}`];
    if (anchor === undefined) return [];
    const headings = target === file ? text : documentAt(target).text;
    return anchorsOf(headings).includes(anchor) ? [] : [`${file}: ${link}`];
  });
}

/** Targets of links and pictures, those of other sites left out. */
export function relativeLinks(markdown: string): string[] {
  const prose = withoutCode(markdown);
  const targets = [
    ...prose.matchAll(/\]\(([^)\s]+)\)/g),
    ...prose.matchAll(/(?:src|srcset|href)="([^"]+)"/g),
  ];
  return targets.map(([, target = '']) => target).filter((target) => !/^[a-z]+:/i.test(target));
}

/** The anchors that GitHub makes of headings. */
export function anchorsOf(markdown: string): string[] {
  const seen = new Map<string, number>();
  return [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)].map(
    ([, heading = '']) => {
      const anchor = heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
        .replaceAll(' ', '-');
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return before === 0 ? anchor : `${anchor}-${before}`;
    },
  );
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/(?<!\[)`[^`\n]*`(?!\])/g, '');
}
