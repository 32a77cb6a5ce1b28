/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  // Tests run against the sources: the `source` condition of every package's exports map. Jest adds
  // `import` or `require` itself; naming `import` here would break CommonJS packages.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testMatch: ['<rootDir>/{apps,packages}/*/test/**/*.test.ts', '<rootDir>/{e2e,bench/test,chaos/test}/**/*.test.ts'],
  globalSetup: '<rootDir>/packages/testkit/global-setup.js',
  globalTeardown: '<rootDir>/packages/testkit/global-teardown.js',
  reporters: ['default', '<rootDir>/packages/testkit/reporter.js'],
  maxWorkers: 2,
  testTimeout: 60_000,
};
