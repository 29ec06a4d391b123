import { PACKAGE_MANAGERS } from '../../tools/package/install-hosts.js';
import { NEXT_FILES, nextConfig } from './next-host.js';

/** What the program of this folder is run by, or is built by. Each release is exact. */
export interface Row {
  readonly name: string;
  /** What the row is about first; each package is installed beside ours, unless it is the runtime or the manager. */
  readonly packages: readonly string[];
  /** The first package is the runtime, and its program runs ours with these arguments before it. */
  readonly runtimeArgs?: readonly string[];
  /** The first package is the package manager. */
  readonly manager?: 'pnpm' | 'yarn';
  /** Beside the program, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Programs of the installed packages, run in the folder of the host one after the other. */
  readonly build?: readonly (readonly string[])[];
  /** What is run in the end. @defaultValue program.mjs, and program.cjs, which is the same with `require` */
  readonly programs?: readonly string[];
  /** The programs are run where no package is installed. */
  readonly bundled?: true;
  /** The host serves until it is told to end: the program of an installed package, with the port last. */
  readonly server?: readonly string[];
  /** It is in .ci/run. */
  readonly ci?: true;
}

const API = '@opentelemetry/api@1.9.1';
const TYPES = '@types/node@20.19.43';
const ESBUILD = ['esbuild', '--bundle', '--platform=node', '--target=node20'];
const NEXT = ['next@16.4.6', 'react@19.3.1', 'react-dom@19.3.1', 'typescript@5.9.3'];
const NEXT_TYPES = ['@types/react@19.3.3', TYPES];

const NEXT_START = ['next', 'start', '--hostname', '127.0.0.1', '--port'];

/** A project that compiles the program by its declarations, strictly, and then runs it. */
function typescript(version: string, module: string, resolution: string, ci?: true): Row {
  const compilerOptions = {
    ...{ module, moduleResolution: resolution, target: 'es2022', strict: true, types: ['node'] },
    ...{ skipLibCheck: false, exactOptionalPropertyTypes: true, rootDir: '.', outDir: 'out' },
  };
  return {
    name: `TypeScript, moduleResolution ${resolution}`,
    packages: [`typescript@${version}`, TYPES, API],
    files: { 'tsconfig.json': JSON.stringify({ compilerOptions, files: ['program.mts'] }) },
    build: [['tsc']],
    programs: ['out/program.mjs'],
    ...(ci && { ci }),
  };
}

const node = (version: string): Row => ({
  name: `Node.js ${version.replace(/\..*/, '')}`,
  packages: [`node@${version}`, API],
  runtimeArgs: [],
  ci: true,
});

export const ROWS: readonly Row[] = [
  node('20.20.2'),
  node('22.23.3'),
  node('24.21.0'),
  node('26.10.0'),
  { name: 'Bun', packages: ['bun@1.4.5', API], runtimeArgs: [], ci: true },
  { name: 'Deno', packages: ['deno@2.9.6', API], runtimeArgs: ['run', '--allow-all'], ci: true },
  { name: 'OpenTelemetry API 1.10', packages: ['@opentelemetry/api@1.10.0'] },
  {
    name: 'esbuild, ES module',
    packages: ['esbuild@0.28.2', API],
    build: [[...ESBUILD, '--format=esm', '--outfile=out.mjs', 'program.mjs']],
    programs: ['out.mjs'],
    bundled: true,
    ci: true,
  },
  {
    name: 'esbuild, CommonJS',
    packages: ['esbuild@0.28.2', API],
    build: [[...ESBUILD, '--format=cjs', '--outfile=out.cjs', 'program.cjs']],
    programs: ['out.cjs'],
    bundled: true,
    ci: true,
  },
  {
    name: 'Rollup',
    packages: [
      ...['rollup@4.68.8', '@rollup/plugin-node-resolve@16.0.3', '@rollup/plugin-commonjs@29.0.3', API],
    ],
    files: {
      'rollup.config.mjs': `import commonjs from '@rollup/plugin-commonjs';
        import { nodeResolve } from '@rollup/plugin-node-resolve';
        export default {
          input: 'program.mjs',
          output: { file: 'out.mjs' },
          external: /^node:/,
          plugins: [nodeResolve({ preferBuiltins: true }), commonjs()],
          onwarn: (warning) => { throw new Error(warning.message); },
        };`,
    },
    build: [['rollup', '--config']],
    programs: ['out.mjs'],
    bundled: true,
  },
  {
    name: 'webpack',
    packages: ['webpack@5.113.0', 'webpack-cli@7.3.1', API],
    files: {
      'webpack.config.mjs': `export default {
        mode: 'production',
        target: 'node20',
        entry: './program.mjs',
        output: { path: import.meta.dirname, filename: 'out.cjs' },
      };`,
    },
    build: [['webpack', '--fail-on-warnings']],
    programs: ['out.cjs'],
    bundled: true,
    ci: true,
  },
  {
    name: 'Vite, SSR',
    packages: ['vite@8.4.0', API],
    files: {
      'vite.config.mjs': `export default {
        ssr: { noExternal: true },
        build: { ssr: 'program.mjs', outDir: 'out', target: 'node20' },
      };`,
    },
    build: [['vite', 'build']],
    programs: ['out/program.mjs'],
    bundled: true,
    ci: true,
  },
  {
    name: 'Next.js, bundled by Turbopack',
    packages: [...NEXT, API, ...NEXT_TYPES],
    files: { ...NEXT_FILES, 'next.config.mjs': nextConfig({}) },
    build: [['next', 'build']],
    server: NEXT_START,
  },
  {
    name: 'Next.js, bundled by webpack',
    packages: [...NEXT, API, ...NEXT_TYPES],
    files: { ...NEXT_FILES, 'next.config.mjs': nextConfig({}) },
    build: [['next', 'build', '--webpack']],
    server: NEXT_START,
  },
  {
    name: 'Next.js, serverExternalPackages',
    packages: [...NEXT, API, ...NEXT_TYPES],
    files: {
      ...NEXT_FILES,
      'next.config.mjs': nextConfig({
        serverExternalPackages: ['agent-os-observability', '@opentelemetry/api'],
      }),
    },
    build: [['next', 'build']],
    server: NEXT_START,
  },
  typescript('5.4.5', 'node16', 'node16'),
  typescript('6.0.3', 'nodenext', 'nodenext'),
  typescript('7.0.2', 'preserve', 'bundler'),
  { name: 'pnpm, strict', packages: [PACKAGE_MANAGERS.pnpm, API], manager: 'pnpm' },
  { name: "Yarn, Plug'n'Play", packages: [PACKAGE_MANAGERS.yarn, API], manager: 'yarn' },
];

export const releaseOf = ({ packages: [first = ''] }: Row): string => first.slice(first.lastIndexOf('@') + 1);
