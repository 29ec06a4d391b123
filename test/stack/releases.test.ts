import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STACK } from '../../tools/native-stack/programs.js';
import { RELEASES, type Release } from '../../tools/stack/releases.js';
import { ROOT, textFile, yamlFile } from './stack-files.js';

const releases: [string, Release][] = Object.entries(RELEASES);

/** The row of the list that an image is of. */
const ROWS: Readonly<Record<string, keyof typeof RELEASES>> = {
  'otel/opentelemetry-collector-contrib': 'collector',
  'prom/prometheus': 'prometheus',
  'prom/alertmanager': 'alertmanager',
  'jaegertracing/jaeger': 'jaeger',
  'victoriametrics/victoria-logs': 'victoria-logs',
  'grafana/grafana': 'grafana',
  node: 'node',
  busybox: 'busybox',
};

/** `name:tag` of every image that the stack is made of. */
function images(): string[] {
  const { services } = yamlFile('docker-compose.yml') as { services: Record<string, { image: string }> };
  const [, base] = /^FROM (\S+)$/m.exec(textFile('tools/stack/demo.Dockerfile'))!;
  return [...Object.values(services).map(({ image }) => image), base!].filter(
    (image) => !image.endsWith(':local'),
  );
}

it('is of one list for every image, and every row of the list has an image', () => {
  const used = images().map((image) => {
    const [name, tag] = image.split(':');
    const row = ROWS[name!]!;
    expect([image, tag!.replace(/^v|-.*$/g, '')]).toEqual([image, RELEASES[row].image]);
    return row;
  });
  expect([...new Set(used)].sort()).toEqual(Object.keys(RELEASES).sort());
});

it('is of that list for every program of the native stack', () => {
  const built = releases.filter(([, { native }]) => native !== undefined);
  expect(STACK.map(({ name, version }) => [name, version]).sort()).toEqual(
    built.map(([name, { native }]) => [name, native]).sort(),
  );
});

it('is the same for image and native stack but for these, and why they must differ is said', () => {
  const differ = releases.filter(([, { image, native }]) => native !== undefined && native !== image);
  expect(differ.map(([name]) => name)).toEqual(['alertmanager', 'jaeger']);
  for (const [name, { image, native, because = '' }] of releases)
    expect([name, because.length > 20]).toEqual([name, native !== image]);
});

it('is what the page of the native stack says', () => {
  const page = readFileSync(join(ROOT, 'tools/native-stack/README.md'), 'utf8');
  for (const { version } of STACK) expect(page).toContain(`| ${version.padEnd(7)} |`);
});

it('of Node.js is one with long-term support', () => {
  expect(Number(RELEASES.node.image.split('.')[0]) % 2).toBe(0);
  expect(RELEASES.node.image).not.toMatch(/^20\./);
});
