const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

/** What is not core, by the folders of test/. Core is all the rest: the mirror of src, regression and contract. */
const TIERS = {
  documents: ['docs', 'types'],
  processes: ['integration', 'examples'],
  tools: [
    'benchmarks',
    'chaos',
    'cli',
    'collector',
    'grafana',
    'kubernetes',
    'look',
    'native-stack',
    'pictures',
    'prometheus',
    'report',
    'stack',
    'support',
  ],
  differential: ['differential'],
};

const project = {
  testEnvironment: 'node',
  testEnvironmentOptions: { globalsCleanup: 'off' },
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': swc,
    // These import('http') at run time, which jest's CommonJS sandbox has not: compiled to require.
    '/@opentelemetry/(otlp-exporter-base|resources)/build/src/.+\\.js$': swc,
    // ES modules that the agent-governance SDK requires.
    '/@noble/.+\\.js$': swc,
  },
  transformIgnorePatterns: ['/node_modules/(?!@opentelemetry/(otlp-exporter-base|resources)/|@noble/)'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  restoreMocks: true,
  errorOnDeprecated: true,
};

const folderPattern = (folders) => `<rootDir>/test/(${folders.join('|')})/`;

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    {
      ...project,
      displayName: 'core',
      roots: ['<rootDir>/test'],
      testPathIgnorePatterns: [folderPattern(Object.values(TIERS).flat())],
    },
    ...Object.entries(TIERS).map(([displayName, folders]) => ({
      ...project,
      displayName,
      roots: folders.map((folder) => `<rootDir>/test/${folder}`),
    })),
  ],
  reporters: ['default', '<rootDir>/test/support/tier-times.cjs'],
  testTimeout: 30_000,
  // Every core: by default jest leaves one to the watcher, which is half of a small machine.
  maxWorkers: '100%',
  coverageDirectory: 'coverage',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageThreshold: { global: { lines: 97 } },
};
