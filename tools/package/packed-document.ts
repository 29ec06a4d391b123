/** A line that is a picture of docs/images or docs/pictures, as a document in the root or in docs links to it. */
const PICTURE = /^!\[([^\]]*)\]\((?:docs\/)?((?:images|pictures)\/[^)]+)\)\n\n/gm;

export interface Manifest {
  readonly version: string;
  readonly repository?: string | { readonly url: string };
}

/**
 * A document as it is in the package, which has no pictures: they are shown from the repository that package.json names, as
 * of the tag of the version. Where none is named, the document goes without them.
 */
export function packedDocument(text: string, { version, repository }: Manifest): string {
  const url = typeof repository === 'string' ? repository : repository?.url;
  const base = /^(?:git\+)?(https:\/\/.+?)(?:\.git)?$/.exec(url ?? '')?.[1];
  return text.replace(PICTURE, (_, what: string, path: string) =>
    base === undefined ? '' : `![${what}](${base}/raw/v${version}/docs/${path})\n\n`,
  );
}
