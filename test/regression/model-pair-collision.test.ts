import { seriesOf } from '../../src/testing/samples.js';
import { exposed, observed } from './support.js';

// Pairs joined by `_` collide: `a_b` with `c` and `a` with `b_c` were one series. Any separator does, unless it is
// escaped where a name has it.

test.each([
  [
    ['a_b', 'c'],
    ['a', 'b_c'],
  ],
  [
    ['a|b', 'c'],
    ['a', 'b|c'],
  ],
  [
    ['a|', 'b'],
    ['a', '|b'],
  ],
  [
    ['a%7C', 'b'],
    ['a|', 'b'],
  ],
  [
    ['a%', '7Cb'],
    ['a', '%7Cb'],
  ],
])('%j and %j are two series', async ([a, b], [c, d]) => {
  const obs = observed();
  obs.cmvk.recordDisagreement({ modelA: a!, modelB: b! });
  obs.cmvk.recordDisagreement({ modelA: b!, modelB: a! });
  obs.cmvk.recordDisagreement({ modelA: c!, modelB: d! });
  const series = seriesOf(await exposed(obs), 'agent_os_cmvk_model_disagreements_total');
  expect(series.map(({ value }) => value).sort()).toEqual([1, 2]);
});
