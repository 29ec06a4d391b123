// A folder of the user's in which we write: below it alone, and through no link.
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { UsageError } from '../command.js';

/** One after the other, since Node's own recursion never ends where a system makes no folders, as below /proc. */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  mkdirSync(path);
}

export class Folder {
  /** @param path - absolute */
  constructor(readonly path: string) {}

  /** The text of a file; undefined where there is none. */
  read(name: string): string | undefined {
    const path = this.checked(name);
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(path, 'utf8');
  }

  /** In one step: nobody reads a file that is half written. */
  write(name: string, text: string): void {
    const path = this.checked(name);
    makeFolder(dirname(path));
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, text, { flag: 'wx' });
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  remove(name: string): void {
    rmSync(this.checked(name), { force: true });
  }

  /** @throws UsageError where a name leads out of the folder, or a link or a folder stands in its way */
  private checked(name: string): string {
    const parts = name.split('/');
    if (isAbsolute(name) || /[\\:\0]/.test(name) || parts.some((part) => ['', '.', '..'].includes(part)))
      throw new UsageError(`${JSON.stringify(name)} is no path below ${this.path}`);
    let path = this.path;
    for (const [at, part] of parts.entries()) {
      path = join(path, part);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      if (stat.isSymbolicLink())
        throw new UsageError(`${path} is a link: nothing is read or written through it`);
      if (at < parts.length - 1 ? !stat.isDirectory() : !stat.isFile())
        throw new UsageError(
          `${path} is in the way: it must be a ${at < parts.length - 1 ? 'folder' : 'file'}`,
        );
    }
    return path;
  }
}
