import { readFileSync } from 'node:fs';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What each module of src may import: a directed acyclic graph, as test/architecture shows. */
const MODULES = JSON.parse(readFileSync(new URL('./tools/modules.json', import.meta.url), 'utf8'));
const TOP = ['init-observability', 'observability', 'pipelines', 'process-claim'].map(
  (file) => `**/${file}.js`,
);
const SDK_PACKAGES = ['sdk-*', 'exporter-*', 'resources', 'core', 'context-async-hooks'].map(
  (name) => `@opentelemetry/${name}`,
);
const FRAMEWORKS = ['express', 'fastify', 'hono'];
/** A host may have another governance SDK, or none: no type of this one is in any other declaration file. */
const NO_GOVERNANCE_SDK = {
  group: ['@microsoft/*'],
  message: 'Only governance/agt knows this governance SDK; elsewhere its types are structural.',
};
/** What records and serves, which nothing that only names things needs. */
const RECORDING = ['instruments', 'tracing', 'pipeline', 'otel-sdk', 'http'].map(
  (name) => `**/src/${name}/**`,
);

function restricted(files, patterns) {
  return { files, rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] } };
}

/** A module of src imports the modules of its row, by type too; the SDK and frameworks only where they belong. */
function moduleRules([name, allowed]) {
  const others = Object.keys(MODULES).filter((other) => other !== name && !allowed.includes(other));
  const patterns = [
    {
      group: [...others.map((other) => `**/${other}/**`), ...(allowed.includes('(top)') ? [] : TOP)],
      message: `${name} may import ${allowed.join(', ') || 'nothing of ours'}: see tools/modules.json.`,
    },
    {
      group: SDK_PACKAGES,
      allowTypeImports: name === 'otel-sdk',
      message:
        'The official packages are for otel-sdk, by type: it requires them by name where a host chooses them.',
    },
    {
      group: ['node:https', 'node:http2', 'node:tls', 'node:zlib'],
      allowTypeImports: true,
      message: 'It takes long to load: get it from common/late-modules where it is needed.',
    },
    { group: FRAMEWORKS, allowTypeImports: name === 'http', message: 'Frameworks are for http, by type.' },
    ...(name === 'governance/agt' ? [] : [NO_GOVERNANCE_SDK]),
    ...(name === 'semconv' ? [{ group: ['@*/**'], message: 'The registry imports nothing.' }] : []),
  ];
  return restricted([`src/${name}/**`], patterns);
}

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'node_modules/', 'temp/', 'test/types/fixtures/', '.cache/'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_$' }],
      '@typescript-eslint/no-this-alias': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Export by name.' },
      ],
    },
  },
  {
    files: ['test/**', 'examples/**', 'benchmarks/**', 'tools/**', 'prometheus/src/**', 'grafana/src/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['**/*.{js,mjs,cjs}'], ...tseslint.configs.disableTypeChecked },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        module: 'writable',
        URL: 'readonly',
        require: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        setTimeout: 'readonly',
        setImmediate: 'readonly',
        Buffer: 'readonly',
        ReadableStream: 'readonly',
      },
    },
  },
  ...Object.entries(MODULES).map(moduleRules),
  restricted(
    ['src/*.ts'],
    [
      {
        group: [...SDK_PACKAGES, ...FRAMEWORKS],
        allowTypeImports: true,
        message: 'By name alone, from what the host has installed.',
      },
      NO_GOVERNANCE_SDK,
    ],
  ),
  restricted(
    ['prometheus/src/**'],
    [
      {
        group: [...SDK_PACKAGES, '**/grafana/**', '**/tools/**', '**/test/**', ...RECORDING],
        allowTypeImports: true,
        message: 'Rules are made of the registry alone.',
      },
    ],
  ),
  restricted(
    ['grafana/src/**'],
    [
      {
        group: [...SDK_PACKAGES, '**/tools/**', '**/test/**', ...RECORDING],
        allowTypeImports: true,
        message: 'Dashboards are made of the registry and of what rules are made of.',
      },
    ],
  ),
);
