import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const SDK = [
  '@opentelemetry/sdk-*',
  '@opentelemetry/exporter-*',
  '@opentelemetry/resources',
  '@opentelemetry/core',
  '@opentelemetry/context-async-hooks',
];
/** What records and serves, which nothing that only names things needs. */
const RECORDING = ['instruments', 'tracing', 'sdk', 'http'].map((room) => `**/src/${room}/**`);
const FRAMEWORKS = ['express', 'fastify', 'hono'];

/** What a room of src may not import. */
function room(files, forbidden, message) {
  return {
    files,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: forbidden, message, allowTypeImports: true }] },
      ],
    },
  };
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
      },
    },
  },
  room(['src/semconv/*.ts'], ['@*/**', '../**'], 'The registry imports nothing.'),
  room(['src/semconv/lint/*.ts'], ['@*/**', '../../**'], 'The registry imports nothing.'),
  room(
    ['src/instruments/**', 'src/tracing/**', 'src/governance/**', 'src/cardinality/**', 'src/*.ts'],
    [...SDK, '**/sdk/**', '!**/sdk/types.js', ...FRAMEWORKS],
    'API only: the SDK belongs in src/sdk.',
  ),
  room(
    ['src/http/metrics-*.ts'],
    [...SDK, ...FRAMEWORKS, '**/sdk/**'],
    'The handler knows no framework and no SDK.',
  ),
  room(
    ['src/http/*.ts'],
    [...SDK, ...FRAMEWORKS, '**/sdk/**'],
    'http knows no SDK and frameworks by type alone.',
  ),
  room(['src/sdk/**'], FRAMEWORKS, 'The SDK knows no framework.'),
  room(
    ['prometheus/src/**'],
    [...SDK, '**/grafana/**', '**/tools/**', '**/test/**', ...RECORDING],
    'Rules are made of the registry alone.',
  ),
  room(
    ['grafana/src/**'],
    [...SDK, '**/tools/**', '**/test/**', ...RECORDING],
    'Dashboards are made of the registry and of what rules are made of.',
  ),
);
