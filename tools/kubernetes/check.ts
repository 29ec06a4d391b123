// npm run kubernetes:check
// Whether every object of deploy/kubernetes is one that the API server would take, each is applied, and each Collector
// has what its configuration needs. Needs no cluster, and asks none.
import { committedManifests, kustomizedFiles } from './committed.js';
import { configurationProblems, type PodContainer } from './configuration-problems.js';
import { FOLDER } from './manifests.js';
import { schemaProblems } from './schema.js';

const files = committedManifests();
const objects = files.flatMap((file) => file.objects);
const applied = [FOLDER, `${FOLDER}/prometheus-operator`].flatMap(kustomizedFiles);
const present = files.map(({ path }) => path);

const problems = [
  ...files.flatMap((file) =>
    file.objects.flatMap((object) => schemaProblems(object).map((problem) => `${file.path}: ${problem}`)),
  ),
  ...present.filter((path) => !applied.includes(path)).map((path) => `${path} is in no kustomization.yaml`),
  ...applied.filter((path) => !present.includes(path)).map((path) => `${path} is not there`),
  ...configurationProblems(containerOf('DaemonSet'), containerOf('StatefulSet')),
];

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else
  console.log(
    `${FOLDER}: ${objects.length} objects in ${files.length} files, by schema; no cluster was asked`,
  );

function containerOf(kind: string): PodContainer {
  const found = objects.find((object) => object.kind === kind);
  if (found === undefined) throw new Error(`${FOLDER} has no ${kind}`);
  const { template } = found['spec'] as { template: { spec: { containers: PodContainer[] } } };
  return template.spec.containers[0]!;
}
