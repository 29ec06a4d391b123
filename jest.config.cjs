const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testEnvironmentOptions: { globalsCleanup: 'off' },
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testTimeout: 30_000,
  transform: {
    '^.+\\.ts$': swc,
    // These import('http') at run time, which jest's CommonJS sandbox has not: compiled to require.
    '/@opentelemetry/(otlp-exporter-base|resources)/build/src/.+\\.js$': swc,
    // ES modules that the agent-governance SDK requires.
    '/@noble/.+\\.js$': swc,
  },
  transformIgnorePatterns: ['/node_modules/(?!@opentelemetry/(otlp-exporter-base|resources)/|@noble/)'],
  moduleNameMapper: {
    '^#load-sdk$': '<rootDir>/src/load-sdk/require.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  coverageDirectory: 'coverage',
  collectCoverageFrom: ['src/**/*.ts'],
  coverageThreshold: { global: { lines: 97 } },
  restoreMocks: true,
  errorOnDeprecated: true,
};
