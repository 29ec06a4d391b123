import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { ROOT } from '../../tools/kubernetes/collector-files.js';
import { kustomizedFiles } from '../../tools/kubernetes/committed.js';
import { GENERATED } from '../../tools/kubernetes/manifest-file.js';
import { FOLDER, manifests } from '../../tools/kubernetes/manifests.js';
import { files, textFile } from './support.js';

describe('deploy/kubernetes', () => {
  it('is what its sources say', async () => {
    const child = runChild(join(ROOT, 'tools/kubernetes/generate.ts'), { args: ['--check'] });
    const { code } = await child.exited;
    expect({ code, stderr: child.stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('says of each generated file who made it', () => {
    for (const { path } of manifests()) expect(textFile(path).split('\n')[0]).toBe(GENERATED);
  });

  it('is applied as a whole, by the two folders that have a kustomization.yaml', () => {
    const applied = [FOLDER, `${FOLDER}/prometheus-operator`].flatMap(kustomizedFiles);
    expect(applied.sort()).toEqual(files.map(({ path }) => path).sort());
  });
});
