import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheKey } from '../../tools/native-stack/cache.js';
import { manifestProblems } from '../../tools/native-stack/manifest.js';
import { programFolder } from '../../tools/native-stack/paths.js';
import { PROGRAMS, STACK } from '../../tools/native-stack/programs.js';

const machine = { version: '1.26.0', platform: 'linux/amd64' };

describe('the pins of the native stack', () => {
  it.each(PROGRAMS.filter(({ name }) => name !== 'collector'))('of $name are of its release', (program) => {
    const [path, release] = program.module.split('@');
    const goMod = readFileSync(join(programFolder(program), 'go.mod'), 'utf8');
    expect(goMod).toContain(`${path} ${release}`);
  });

  it('of the Collector are of its manifest', () => {
    expect(manifestProblems()).toEqual([]);
  });

  it('decide where a binary is kept, with Go and the platform', () => {
    const [program] = PROGRAMS;
    const keys = [
      cacheKey(program!, machine),
      cacheKey(program!, { ...machine, version: '1.26.1' }),
      cacheKey(program!, { ...machine, platform: 'linux/arm64' }),
      cacheKey({ ...program!, tags: [] }, machine),
      cacheKey({ ...program!, version: '0.0.0' }, machine),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys[0]).toMatch(/^[0-9a-f]{12}$/);
  });

  it('have what is no part of the stack apart', () => {
    expect(STACK.map(({ name }) => name)).toEqual([
      'collector',
      'prometheus',
      'alertmanager',
      'jaeger',
      'victoria-logs',
    ]);
  });
});
