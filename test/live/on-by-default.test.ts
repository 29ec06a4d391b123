import { isLiveByDefault } from '../../src/live/on-by-default.js';

test.each<[string | undefined, unknown, string | undefined, boolean]>([
  ['127.0.0.1', undefined, undefined, true],
  ['::1', 'development', 'test', true],
  ['localhost', '', '', true],
  ['[::1]', 'staging', undefined, true],
  ['0.0.0.0', undefined, undefined, false],
  ['10.0.0.7', 'development', 'development', false],
  [undefined, 'development', 'development', false],
  ['127.0.0.1', 'production', undefined, false],
  ['127.0.0.1', undefined, 'production', false],
  ['127.0.0.1', 'prod', undefined, false],
  ['127.0.0.1', 'PRD', undefined, false],
  ['127.0.0.1', 'eu-production', undefined, false],
  ['127.0.0.1', 'prod-eu', undefined, false],
  ['127.0.0.1', 'product-team', undefined, true],
  ['127.0.0.1', 42, undefined, true],
])('on %s, with environment %p and NODE_ENV %p: %p', (host, environment, nodeEnv, on) => {
  expect(isLiveByDefault({ host, environment, nodeEnv })).toBe(on);
});
