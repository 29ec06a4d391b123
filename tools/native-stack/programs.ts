// The programs of the native stack: from which module, with which flags. Which release, RELEASES says.
import { RELEASES } from '../stack/releases.js';

export type ProgramName =
  | 'collector'
  | 'prometheus'
  | 'alertmanager'
  | 'jaeger'
  | 'victoria-logs'
  | 'compose'
  | 'kubernetes'
  | 'etcd';
export type BinaryName = StackBinary | 'docker-compose' | 'kube-apiserver' | 'etcd';
/** Those that the running stack and its checks take. */
export type StackBinary =
  'otelcol' | 'prometheus' | 'promtool' | 'alertmanager' | 'amtool' | 'jaeger' | 'victoria-logs';

export interface Program {
  readonly name: ProgramName;
  /** What `--version` says, without the v. */
  readonly version: string;
  /** The release in the Go module proxy: `path@version`. */
  readonly module: string;
  /** Folder of go.mod and go.sum, beside this file. */
  readonly folder: string;
  /** Go package of each binary; `.` is the folder's own. */
  readonly binaries: Readonly<Partial<Record<BinaryName, string>>>;
  readonly tags: readonly string[];
  /** Go variables that the linker sets: a release says its version only when told. */
  readonly linkerVariables: Readonly<Record<string, string>>;
  /**
   * Takes the hashes of dependencies from the go.sum inside the release, which the checksum database vouches for as
   * part of the release. For releases whose dependencies the database does not hold one by one.
   */
  readonly sumsFromRelease?: boolean;
  /** Replacements that the release makes for itself and that Go ignores in a dependency: they hold only here. */
  readonly replacements?: Readonly<Record<string, string>>;
  /** The version under which modules are published that the release itself has at v0.0.0, in its own tree. */
  readonly ownModules?: string;
  /** Runs after the build, in the program's folder, each a binary and its arguments; all must succeed. */
  readonly checks: readonly (readonly [BinaryName, ...string[]])[];
  /** Its version is printed by this argument. @defaultValue --version */
  readonly versionArgument?: string;
  /** Built only when asked for by name: no part of the running stack. */
  readonly onDemand?: boolean;
  /** From nothing: minutes on two cores, and megabytes that the module and the build cache grow by. */
  readonly cost: { readonly minutes: number; readonly modulesMb: number; readonly buildMb: number };
}

export const PROGRAMS: readonly Program[] = [
  {
    name: 'collector',
    version: RELEASES.collector.native,
    module: `go.opentelemetry.io/collector/otelcol@v${RELEASES.collector.native}`,
    folder: 'collector',
    binaries: { otelcol: '.' },
    // No service discovery: the prometheus receiver has static targets, and each cloud would bring its SDK.
    tags: ['remove_all_sd'],
    linkerVariables: {},
    checks: [['otelcol', 'validate', '--config', 'testdata/every-component.yaml']],
    cost: { minutes: 6, modulesMb: 1200, buildMb: 1800 },
  },
  {
    name: 'prometheus',
    version: RELEASES.prometheus.native,
    module: 'github.com/prometheus/prometheus@v0.316.0',
    folder: 'prometheus',
    binaries: {
      prometheus: 'github.com/prometheus/prometheus/cmd/prometheus',
      promtool: 'github.com/prometheus/prometheus/cmd/promtool',
    },
    tags: ['remove_all_sd', 'netgo'],
    linkerVariables: { 'github.com/prometheus/common/version.Version': RELEASES.prometheus.native },
    checks: [],
    cost: { minutes: 4, modulesMb: 1100, buildMb: 1300 },
  },
  {
    name: 'alertmanager',
    version: RELEASES.alertmanager.native,
    module: `github.com/prometheus/alertmanager@v${RELEASES.alertmanager.native}`,
    folder: 'alertmanager',
    binaries: {
      alertmanager: 'github.com/prometheus/alertmanager/cmd/alertmanager',
      amtool: 'github.com/prometheus/alertmanager/cmd/amtool',
    },
    tags: ['netgo'],
    linkerVariables: { 'github.com/prometheus/common/version.Version': RELEASES.alertmanager.native },
    checks: [],
    cost: { minutes: 1, modulesMb: 300, buildMb: 500 },
  },
  {
    name: 'jaeger',
    // One release has two numbers: 2 for this binary, 1 for the Go module.
    version: RELEASES.jaeger.native,
    module: 'github.com/jaegertracing/jaeger@v1.76.0',
    folder: 'jaeger',
    binaries: { jaeger: 'github.com/jaegertracing/jaeger/cmd/jaeger' },
    tags: [],
    linkerVariables: {
      'github.com/jaegertracing/jaeger/internal/version.latestVersion': `v${RELEASES.jaeger.native}`,
    },
    sumsFromRelease: true,
    replacements: { 'github.com/Shopify/sarama': 'github.com/Shopify/sarama@v1.33.0' },
    checks: [],
    cost: { minutes: 5, modulesMb: 1300, buildMb: 1700 },
  },
  {
    name: 'victoria-logs',
    version: RELEASES['victoria-logs'].native,
    module: `github.com/VictoriaMetrics/VictoriaLogs@v${RELEASES['victoria-logs'].native}`,
    folder: 'victoria-logs',
    binaries: { 'victoria-logs': 'github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs' },
    tags: [],
    linkerVariables: {
      'github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version': `victoria-logs-v${RELEASES['victoria-logs'].native}`,
    },
    checks: [],
    cost: { minutes: 1, modulesMb: 300, buildMb: 300 },
  },
  {
    name: 'compose',
    version: '2.40.3',
    module: 'github.com/docker/compose/v2@v2.40.3',
    folder: 'compose',
    binaries: { 'docker-compose': 'github.com/docker/compose/v2/cmd' },
    tags: [],
    linkerVariables: { 'github.com/docker/compose/v2/internal.Version': '2.40.3' },
    checks: [],
    versionArgument: 'version',
    onDemand: true,
    cost: { minutes: 4, modulesMb: 900, buildMb: 900 },
  },
  {
    name: 'kubernetes',
    version: '1.36.3',
    module: 'k8s.io/kubernetes@v1.36.3',
    folder: 'kubernetes',
    binaries: { 'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver' },
    tags: [],
    linkerVariables: {
      'k8s.io/component-base/version.gitVersion': 'v1.36.3',
      'k8s.io/component-base/version.gitMajor': '1',
      'k8s.io/component-base/version.gitMinor': '36',
    },
    ownModules: 'v0.36.3',
    checks: [],
    onDemand: true,
    cost: { minutes: 6, modulesMb: 900, buildMb: 1500 },
  },
  {
    name: 'etcd',
    version: '3.6.16',
    module: 'go.etcd.io/etcd/server/v3@v3.6.16',
    folder: 'etcd',
    binaries: { etcd: 'go.etcd.io/etcd/server/v3' },
    tags: [],
    linkerVariables: {},
    checks: [],
    onDemand: true,
    cost: { minutes: 1, modulesMb: 200, buildMb: 300 },
  },
];

/** What `npm run stack:native` runs. */
export const STACK: readonly Program[] = PROGRAMS.filter(({ onDemand }) => onDemand !== true);

/** The programs of these names, in the table's order; an unknown name throws. */
export function programsNamed(names: readonly string[]): Program[] {
  const known = PROGRAMS.map(({ name }) => name as string);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new NativeStackError(`No such program: ${unknown.join(', ')}. There are ${known.join(', ')}.`);
  return PROGRAMS.filter(({ name }) => names.includes(name));
}

export function binariesOf(program: Program): BinaryName[] {
  return Object.keys(program.binaries) as BinaryName[];
}

/** Something a person can put right: its message is enough, no stack needed. */
export class NativeStackError extends Error {
  override readonly name = 'NativeStackError';
}
