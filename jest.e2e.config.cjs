// The real programs of the stack, one suite after the other: npm run test:e2e.
const { transform, transformIgnorePatterns, moduleNameMapper } = require('./jest.config.cjs');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test/e2e'],
  testMatch: ['**/*.e2e.ts'],
  testTimeout: 180_000,
  maxWorkers: 1,
  transform,
  transformIgnorePatterns,
  moduleNameMapper,
};
