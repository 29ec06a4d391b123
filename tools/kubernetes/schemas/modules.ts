// The releases whose API the manifests are held to, as Go modules: what they publish of it is in their files.
import { spawnSync } from 'node:child_process';
import { programsNamed } from '../../native-stack/programs.js';

const GO = 'go';

export const KUBERNETES = programsNamed(['kubernetes'])[0]!.module;
export const OPERATOR = 'github.com/prometheus-operator/prometheus-operator@v0.85.0';
/** Of the operator: a file for each kind. */
export const DEFINITIONS = 'example/prometheus-operator-crd';
/** The kinds of the operator that the manifests use. */
export const RESOURCES = ['podmonitors', 'prometheusrules'];

/** Where the module cache has this module, downloaded where it is missing. */
export function moduleFolder(module: string): string {
  const { status, stdout, stderr } = spawnSync(GO, ['mod', 'download', '-json', module], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`go mod download ${module}\n${stdout}${stderr}`);
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}
