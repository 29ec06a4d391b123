// The real programs of the stack, one suite after the other: npm run test:e2e.
const [core] = require('./jest.config.cjs').projects;
const { transform, transformIgnorePatterns, moduleNameMapper } = core;

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test/e2e'],
  testMatch: ['**/*.e2e.ts'],
  // Half an hour, on demand: E2E_PRESENCE=long npm run test:e2e -- presence
  testPathIgnorePatterns: process.env.E2E_PRESENCE === 'long' ? [] : ['presence-long'],
  testTimeout: 180_000,
  maxWorkers: 1,
  transform,
  transformIgnorePatterns,
  moduleNameMapper,
};
