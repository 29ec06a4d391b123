import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../support/child.js';
import { ROOT } from '../../tools/kubernetes/collector-files.js';
import { kustomizedFiles } from '../../tools/kubernetes/committed.js';
import { differences, GENERATED_BY } from '../../tools/kubernetes/differences.js';
import { FOLDER, manifests } from '../../tools/kubernetes/manifests.js';
import { files, textFile } from './support.js';

describe('deploy/kubernetes', () => {
  it('is what its sources say', async () => {
    const child = runChild(join(ROOT, 'tools/kubernetes/generate.ts'), { args: ['--check'] });
    const { code } = await child.exited;
    expect({ code, stderr: child.stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('says of each generated file who made it', () => {
    for (const { path } of manifests()) expect(textFile(path).split('\n')[0]).toBe(GENERATED_BY);
  });

  it('is applied as a whole, by the two folders that have a kustomization.yaml', () => {
    const applied = [FOLDER, `${FOLDER}/prometheus-operator`].flatMap(kustomizedFiles);
    expect(applied.sort()).toEqual(files.map(({ path }) => path).sort());
  });
});

describe('the comparison', () => {
  const root = mkdtempSync(join(tmpdir(), 'manifests-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('names what is missing, what differs, and what has no source any more', () => {
    mkdirSync(join(root, 'k8s'));
    writeFileSync(join(root, 'k8s/changed.yaml'), `${GENERATED_BY}\na: 1\n`);
    writeFileSync(join(root, 'k8s/left.yaml'), `${GENERATED_BY}\n`);
    writeFileSync(join(root, 'k8s/by-hand.yaml'), 'a: 1\n');
    const generated = [
      { path: 'k8s/changed.yaml', text: `${GENERATED_BY}\na: 2\n` },
      { path: 'k8s/missing.yaml', text: `${GENERATED_BY}\n` },
    ];
    expect(differences(generated, root, 'k8s')).toEqual({
      stale: ['k8s/changed.yaml', 'k8s/missing.yaml'],
      orphaned: ['k8s/left.yaml'],
    });
  });
});
