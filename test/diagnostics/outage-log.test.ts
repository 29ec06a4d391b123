import { DropLog } from '../../src/diagnostics/drop-log.js';
import { OutageLog } from '../../src/diagnostics/outage-log.js';

describe('OutageLog', () => {
  let said: string[];
  let now: number;
  let log: OutageLog;
  beforeEach(() => {
    said = [];
    now = 0;
    const drops = new DropLog();
    drops.say = (message) => void said.push(message);
    log = new OutageLog(drops, () => now);
  });
  const fail = (cause: string, cost = 1): void => log.failed(cause, cost, () => `${cause}!`);
  const recover = (): void => log.recovered((cost) => `resumed, ${cost} lost`);

  it('says each cause once, and once what the outage cost', () => {
    for (const cause of ['a', 'b', 'a', 'b', 'a']) fail(cause);
    recover();
    recover();
    expect(said).toEqual(['a!', 'b!', 'resumed, 5 lost']);
  });

  it('tells what was lost in silence with the next outage that is said', () => {
    for (let times = 0; times < 4; times++) {
      fail('a');
      recover();
    }
    now = 60_000;
    fail('a');
    recover();
    expect(said).toEqual(['a!', 'resumed, 1 lost', 'a!', 'resumed, 4 lost']);
  });

  it('says twenty causes a minute at most, and others in the next', () => {
    for (let cause = 0; cause < 30; cause++) fail(`cause ${cause}`);
    expect(said).toHaveLength(20);
    now = 60_000;
    fail('another');
    expect(said.at(-1)).toBe('another!');
  });

  it('says nothing where nothing has failed', () => {
    recover();
    expect(said).toEqual([]);
  });
});
